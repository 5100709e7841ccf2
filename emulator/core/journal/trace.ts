/** The event trace: what a run decided, without what no two runs share. Equal for equal seeds on the manual clock. */

import type { RegistrationTrace } from '../../wire/control-api.ts';
import type { JournalEntry, Repeated, Timeline } from '../../wire/journal-entry.ts';
import { jsonCopy } from '../../wire/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/twin.ts';

export function traceOf(timelines: readonly Timeline[]): readonly RegistrationTrace[] {
  return [...tracesOf(timelines)];
}

/** Ordered by scope and registration id, so that side-by-side registrations cannot reorder it; each is made when it is asked for. */
export function* tracesOf(timelines: readonly Timeline[]): Generator<RegistrationTrace> {
  const registrations = timelines.filter((timeline) => timeline.kind === 'registration');
  for (const { idScope, registrationId, entries } of registrations.toSorted((a, b) =>
    compare(traceKey(a), traceKey(b)),
  )) {
    const events = entries.flatMap(eventOf);
    if (events.length > 0) yield { idScope, registrationId, events };
  }
}

export function traceKey({ idScope, registrationId }: Pick<RegistrationTrace, 'idScope' | 'registrationId'>): string {
  return `${idScope}/${registrationId}`;
}

/**
 * Connections and polls follow real time and are left out, as are ports, real durations, tokens and transports; the
 * instant is the emulator's.
 */
function eventOf({ atMs, event, repeated }: JournalEntry): readonly JsonObject[] {
  switch (event.kind) {
    case 'connected':
    case 'disconnected':
    case 'noted':
    case 'replied':
      return [];
    case 'refused':
      return event.operation === 'register'
        ? refusals({ kind: event.kind, atMs, reason: event.reason, errorCode: event.errorCode ?? null }, repeated)
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
          ...(event.responseLength !== undefined && { responseLength: event.responseLength }),
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

/** One by one where it is known when they were; else the latest, and how many. */
function refusals(
  latest: JsonObject & { readonly atMs: number },
  repeated: Repeated | undefined,
): readonly JsonObject[] {
  const { count, sinceMs } = repeated ?? { count: 1, sinceMs: latest.atMs };
  if (count === 2) return [{ ...latest, atMs: sinceMs }, latest];
  if (sinceMs === latest.atMs) return Array.from({ length: count }, () => latest);
  return [{ ...latest, sinceMs, count }];
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
