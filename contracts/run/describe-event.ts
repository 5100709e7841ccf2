/** One line of a case's timeline per journal entry, with the bodies as its detail. */
import type { JournalEvent } from '../../emulator/wire/journal-entry.ts';

export interface EventText {
  readonly text: string;
  readonly detail?: string;
}

export function describeEvent(event: JournalEvent): EventText {
  switch (event.kind) {
    case 'connected':
      return { text: `connected over ${event.transport}` };
    case 'disconnected':
      return { text: 'disconnected' };
    case 'register-received':
      return { text: `register, api-version ${event.apiVersion}`, ...detail(event.payload, 'payload') };
    case 'authenticated':
      return { text: `authenticated by the ${event.enrollmentKind} enrollment "${event.enrollmentId}"` };
    case 'refused':
      return { text: `${event.operation} refused: ${event.errorCode ?? ''} ${event.reason}: ${event.detail}` };
    case 'operation-opened':
      return { text: `assigning; hubs to choose from: ${event.linkedHubs.join(', ') || 'none'}` };
    case 'superseded':
      return { text: 'the operation gives way to a newer register' };
    case 'webhook-attempt':
      return {
        text: `webhook call ${event.attempt}: ${event.status ?? `no answer (${event.failure}): ${event.detail ?? ''}`}`,
        detail: `${event.url}\n${JSON.stringify(event.request)}\n${event.response ?? ''}`.trimEnd(),
      };
    case 'retry-scheduled':
      return { text: `next webhook call in ${event.afterMs / 1000} s, because of ${event.because}` };
    case 'concluded':
      return concluded(event);
    case 'replied':
      return { text: `${event.operation} answered ${event.status}`, detail: event.body };
  }
}

function concluded(event: Extract<JournalEvent, { readonly kind: 'concluded' }>): EventText {
  if (event.status === 'assigned') {
    const text = `assigned to ${event.hub ?? '?'} as ${event.deviceId ?? '?'} (${event.substatus ?? 'no substatus'})`;
    return { text, ...detail(event.twin, 'twin') };
  }
  const facts = [event.errorCode, event.errorMessage && `"${event.errorMessage}"`, event.reason];
  return { text: `${event.status}: ${facts.filter((fact) => fact !== undefined).join(' ')}` };
}

function detail(value: unknown, name: string): { readonly detail?: string } {
  return value === undefined ? {} : { detail: `${name} ${JSON.stringify(value)}` };
}
