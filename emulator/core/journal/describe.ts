/** The one narrator: what an entry of the journal says to a person, masked and put into words when it is first read. */
import { formatDuration } from '../../wire/duration.ts';
import type { Evidence, JournalEntry, JournalEvent, Tone } from '../../wire/journal-entry.ts';
import type { Masker } from '../../wire/mask.ts';
import type { JsonValue } from '../../wire/twin.ts';

/**
 * Whatever text or JSON comes from outside may carry a secret, in any member of any event. Recording costs nothing; who
 * reads an entry never sees what it was made of.
 */
export function createEntry(
  sequence: number,
  atMs: number,
  recorded: JournalEvent,
  masker: Pick<Masker, 'json'>,
): JournalEntry {
  let event = recorded;
  let isMasked = false;
  let said: Sentence | undefined;
  const read = (): JournalEvent => {
    // Events are JSON by their types; masking changes the text of values, never the shape.
    if (!isMasked) event = masker.json(event as unknown as JsonValue) as unknown as JournalEvent;
    isMasked = true;
    return event;
  };
  const sentence = (): Sentence => {
    said ??= sentenceOf(read());
    return said;
  };
  return {
    sequence,
    atMs,
    get text() {
      return sentence().text;
    },
    get tone() {
      return sentence().tone;
    },
    get event() {
      return read();
    },
  };
}

type Sentence = Pick<JournalEntry, 'text' | 'tone'>;

function sentenceOf(event: JournalEvent): Sentence {
  switch (event.kind) {
    case 'connected':
      return say('quiet', `connected over ${event.transport}${optional(', api-version ', event.apiVersion)}`);
    case 'disconnected':
      return say(event.why === undefined ? 'quiet' : 'warning', `disconnected${optional(': ', event.why)}`);
    case 'register-received':
      return say('neutral', `register over ${event.transport}, api-version ${event.apiVersion}`);
    case 'authenticated':
      return say('neutral', authenticated(event));
    case 'refused': {
      const { operation, transport, errorCode, reason, detail } = event;
      return say('bad', `${operation} over ${transport} refused${optional(' ', errorCode)}: ${reason}: ${detail}`);
    }
    case 'noted':
      return say('warning', event.detail);
    case 'operation-opened':
      return say('neutral', `assigning; hubs to choose from: ${event.linkedHubs.join(', ') || 'none'}`);
    case 'superseded':
      return say('warning', `operation ${event.operationId} gives way to a newer register, ${event.by}`);
    case 'webhook-attempt':
      return webhookAttempt(event);
    case 'retry-scheduled':
      return say('warning', `next webhook call in ${formatDuration(event.afterMs)}, because of ${event.because}`);
    case 'concluded':
      return concluded(event);
    case 'replied': {
      const { operation, status, retryAfterSeconds: seconds } = event;
      const again = seconds === undefined ? '' : `, retry after ${seconds} s`;
      return say('quiet', `${operation} answered ${status}${again}`);
    }
  }
}

export interface EventDetail {
  readonly name: string;
  readonly text: string;
}

/** Bodies and the like, for who asks for the whole story. Of an event that was read from an entry: nothing is masked here. */
export function detailsOf(event: JournalEvent): readonly EventDetail[] {
  switch (event.kind) {
    case 'register-received':
      return detail('payload', jsonText(event.payload));
    case 'operation-opened':
      return detail('operation', event.operationId);
    case 'webhook-attempt':
      return [
        ...detail('POST', event.url),
        ...detail('request', jsonText(event.request)),
        ...detail('response', event.response),
      ];
    case 'concluded':
      return [...detail('twin', jsonText(event.twin)), ...detail('payload', jsonText(event.payload))];
    case 'replied':
      return detail('body', event.body);
    default:
      return [];
  }
}

function detail(name: string, text: string | undefined): readonly EventDetail[] {
  return text === undefined ? [] : [{ name, text }];
}

function jsonText(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

type EventOf<Kind extends JournalEvent['kind']> = Extract<JournalEvent, { readonly kind: Kind }>;

function authenticated(event: EventOf<'authenticated'>): string {
  const which = event.enrollmentKind === 'group' ? 'the enrollment group' : 'the individual enrollment';
  const enrollment = `${which} "${event.enrollmentId}"`;
  if ('key' in event && event.key === 'none') return `found ${enrollment}; its keys are not looked at`;
  return `authenticated by ${enrollment}, ${evidence(event)}`;
}

function evidence(proof: Evidence): string {
  if ('key' in proof) return `${proof.key} key`;
  return 'certificate' in proof ? `certificate ${proof.certificate.sha256Thumbprint}` : 'its TPM';
}

function webhookAttempt(event: EventOf<'webhook-attempt'>): Sentence {
  const { attempt, status, response = '', failure, detail: why = '', durationMs } = event;
  const answer = status === undefined ? `no answer (${failure ?? 'unknown'}): ${why}` : `answered ${status}`;
  const isGood = status !== undefined && status >= 200 && status < 300;
  const said = isGood ? '' : quoted(response);
  return say(
    isGood ? 'neutral' : 'bad',
    `webhook call ${attempt} ${answer}, after ${formatDuration(durationMs)}${said}`,
  );
}

/** Of what a webhook said, in the sentence that tells of its fault. The whole of it is a detail. */
const QUOTED_LENGTH_MAX = 200;

/** The beginning of a text that is masked already, in one line and without characters that a terminal obeys. */
export function quoted(text: string): string {
  const line = text.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  if (line === '') return '';
  return line.length > QUOTED_LENGTH_MAX ? `: "${line.slice(0, QUOTED_LENGTH_MAX)}…"` : `: "${line}"`;
}

function concluded(event: EventOf<'concluded'>): Sentence {
  const { status, substatus, hub = '?', deviceId = '?', errorCode, errorMessage, reason } = event;
  if (status === 'assigned') {
    return say('good', `assigned to ${hub} as ${deviceId}${substatus === undefined ? '' : ` (${substatus})`}`);
  }
  const message = errorMessage === undefined ? '' : ` "${errorMessage}"`;
  return say('bad', `${status}${optional(' ', errorCode)}${message}${optional(': ', reason)}`);
}

function say(tone: Tone, text: string): Sentence {
  return { text, tone };
}

function optional(before: string, value: string | number | undefined): string {
  return value === undefined ? '' : `${before}${value}`;
}
