/** One line per journal entry, for a terminal: what happened, and when it went wrong, why. */
import type { JournalEvent } from '../emulator/wire/journal-entry.ts';
import type { JsonValue } from '../emulator/wire/twin.ts';
import { formatDuration } from './duration.ts';
import { type Paint, printable } from './terminal.ts';

export interface EventLine {
  readonly tone: 'plain' | 'good' | 'bad' | 'faint';
  readonly text: string;
  /** Further lines for who asked for the whole story. */
  readonly details: readonly string[];
}

export function paintedText({ tone, text }: EventLine, paint: Paint): string {
  return tone === 'plain' ? text : paint[tone](text);
}

export function describeEvent(event: JournalEvent): EventLine {
  switch (event.kind) {
    case 'connected':
      return faint(`connected over ${event.transport}${event.apiVersion ? `, api-version ${event.apiVersion}` : ''}`);
    case 'disconnected':
      return faint(`disconnected${event.why === undefined ? '' : `: ${event.why}`}`);
    case 'register-received':
      return line(
        'plain',
        `register over ${event.transport}, api-version ${event.apiVersion}`,
        member('payload', event.payload),
      );
    case 'authenticated':
      return line(
        'plain',
        event.key === 'none'
          ? `found ${enrollmentOf(event)}; its keys are not looked at`
          : `authenticated by ${enrollmentOf(event)}, ${event.key} key`,
      );
    case 'refused': {
      const code = event.errorCode === undefined ? '' : ` ${event.errorCode}`;
      return line('bad', `${event.operation} over ${event.transport} refused${code}: ${event.reason}: ${event.detail}`);
    }
    case 'operation-opened':
      return line('plain', `assigning; hubs to choose from: ${event.linkedHubs.join(', ') || 'none'}`, [
        `operation  ${event.operationId}`,
      ]);
    case 'superseded':
      return line('plain', `operation ${event.operationId} gives way to a newer register, ${event.by}`);
    case 'webhook-attempt':
      return webhookLine(event);
    case 'retry-scheduled':
      return line('plain', `next webhook call in ${formatDuration(event.afterMs)}, because of ${event.because}`);
    case 'concluded':
      return concludedLine(event);
    case 'replied':
      return line('faint', `${event.operation} answered ${event.status}${retryAfter(event.retryAfterSeconds)}`, [
        `body  ${event.body}`,
      ]);
  }
}

function webhookLine(event: Extract<JournalEvent, { kind: 'webhook-attempt' }>): EventLine {
  const answer =
    event.status === undefined
      ? `no answer (${event.failure ?? 'unknown'}): ${event.detail ?? ''}`
      : `answered ${event.status}`;
  const isGood = event.status !== undefined && event.status >= 200 && event.status < 300;
  return line(
    isGood ? 'plain' : 'bad',
    `webhook call ${event.attempt} ${answer}, after ${formatDuration(event.durationMs)}`,
    [
      `POST      ${event.url}`,
      ...member('request', event.request),
      ...(event.response === undefined ? [] : [`response  ${event.response}`]),
    ],
  );
}

function concludedLine(event: Extract<JournalEvent, { kind: 'concluded' }>): EventLine {
  if (event.status === 'assigned') {
    const substatus = event.substatus === undefined ? '' : ` (${event.substatus})`;
    return line('good', `assigned to ${event.hub ?? '?'} as ${event.deviceId ?? '?'}${substatus}`, [
      ...member('twin', event.twin as JsonValue | undefined),
      ...member('payload', event.payload),
    ]);
  }
  const code = event.errorCode === undefined ? '' : ` ${event.errorCode}`;
  const message = event.errorMessage === undefined ? '' : ` "${event.errorMessage}"`;
  const reason = event.reason === undefined ? '' : `: ${event.reason}`;
  return line('bad', `${event.status}${code}${message}${reason}`);
}

function enrollmentOf(event: Extract<JournalEvent, { kind: 'authenticated' }>): string {
  return `${event.enrollmentKind === 'group' ? 'the enrollment group' : 'the individual enrollment'} "${event.enrollmentId}"`;
}

function retryAfter(seconds: number | undefined): string {
  return seconds === undefined ? '' : `, retry after ${seconds} s`;
}

function member(name: string, value: JsonValue | undefined): readonly string[] {
  return value === undefined ? [] : [`${name.padEnd(8)}  ${JSON.stringify(value)}`];
}

function faint(text: string): EventLine {
  return line('faint', text);
}

function line(tone: EventLine['tone'], text: string, details: readonly string[] = []): EventLine {
  return { tone, text: printable(text), details: details.map(printable) };
}
