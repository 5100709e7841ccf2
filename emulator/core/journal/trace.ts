/** The event trace: what a run decided, without what no two runs share. Equal for equal seeds on the manual clock. */

import type { RegistrationTrace } from '../../wire/control-api.ts';
import type { JournalEntry, Timeline } from '../../wire/journal-entry.ts';
import { jsonCopy } from '../../wire/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/twin.ts';

/** Ordered by scope and registration id, so that side-by-side registrations cannot reorder it. */
export function traceOf(timelines: readonly Timeline[]): readonly RegistrationTrace[] {
  return timelines
    .filter((timeline) => timeline.kind === 'registration')
    .map(({ idScope, registrationId, entries }) => ({ idScope, registrationId, events: entries.flatMap(eventOf) }))
    .filter((trace) => trace.events.length > 0)
    .sort((a, b) => compare(`${a.idScope}/${a.registrationId}`, `${b.idScope}/${b.registrationId}`));
}

/**
 * Connections and polls follow real time and are left out, as are ports, real durations, tokens and transports; the
 * instant is the emulator's.
 */
function eventOf({ atMs, event }: JournalEntry): readonly JsonObject[] {
  switch (event.kind) {
    case 'connected':
    case 'disconnected':
    case 'noted':
    case 'replied':
      return [];
    case 'refused':
      return event.operation === 'register'
        ? [{ kind: event.kind, atMs, reason: event.reason, errorCode: event.errorCode ?? null }]
        : [];
    case 'register-received':
      return [{ kind: event.kind, atMs, payload: event.payload ?? null }];
    case 'webhook-attempt':
      return [
        {
          kind: event.kind,
          atMs,
          attempt: event.attempt,
          request: withoutPorts(event.request),
          status: event.status ?? null,
          response: event.response ?? null,
          failure: event.failure ?? null,
        },
      ];
    case 'concluded': {
      // The reason is prose for people and may name a port.
      const { reason: _reason, ...told } = event;
      return [{ ...jsonCopy(told), atMs }];
    }
    default:
      return [{ ...jsonCopy(event), atMs }];
  }
}

/** The webhook's URL in the request is the one place where a port shows. */
function withoutPorts(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => withoutPorts(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'webhookUrl' && typeof member === 'string' ? member.replace(/:\d+(?=[/?]|$)/, '') : withoutPorts(member),
    ]),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
