/** Reads from the journal what a registration came to: the replies byte for byte, the webhook calls and their instants. */
import { cSdkResult } from '../../device/c-sdk-result.ts';
import { readJsonObject } from '../../device/json-body.ts';
import type { Emulator } from '../../emulator/index.ts';
import { ERRORS } from '../../emulator/service-door.ts';
import type { JournalEntry, JournalEvent } from '../../emulator/wire/journal-entry.ts';
import type { DeviceRegistrationResult, RegistrationOperationStatus } from '../../emulator/wire/registration.ts';
import type { CDeviceFacts } from './document.ts';

type EventOf<Kind extends JournalEvent['kind']> = Extract<JournalEvent, { readonly kind: Kind }>;

export interface Observation {
  readonly registration: DeviceRegistrationResult;
  readonly cDevice: CDeviceFacts;
  readonly calls: readonly { readonly atMs: number; readonly event: EventOf<'webhook-attempt'> }[];
  readonly callsAtSeconds: readonly number[];
  readonly reason: string | undefined;
}

/** @throws when the device was never answered: the caller has registered it */
export function observe(emulator: Emulator, idScope: string, registrationId: string): Observation {
  const entries = emulator.journal.timeline(idScope, registrationId)?.entries ?? [];
  const replies = eventsOf(entries, 'replied').map(({ event }) => event);
  const last = replies.at(-1);
  if (last === undefined) throw new Error(`the emulator never answered ${registrationId}`);
  const calls = eventsOf(entries, 'webhook-attempt');
  const firstMs = calls[0]?.atMs ?? 0;
  const seen = cSdkResult({
    transport: 'mqtt',
    replies: replies.map((reply) => ({
      step: reply.operation === 'register' ? 'register' : 'poll',
      status: reply.status,
      body: reply.body,
    })),
  });
  const body: Partial<RegistrationOperationStatus> = readJsonObject(last.body) ?? {};
  const refused = eventsOf(entries, 'refused').at(-1)?.event;
  return {
    registration: body.registrationState ?? { registrationId, status: 'unassigned' },
    cDevice: { result: seen.result ?? 'none yet: it keeps polling', statuses: seen.statuses },
    calls,
    callsAtSeconds: calls.map(({ atMs }) => (atMs - firstMs) / 1000),
    reason: eventsOf(entries, 'concluded').at(-1)?.event.reason ?? refused?.detail,
  };
}

function eventsOf<Kind extends JournalEvent['kind']>(
  entries: readonly JournalEntry[],
  kind: Kind,
): readonly { readonly atMs: number; readonly event: EventOf<Kind> }[] {
  return entries.flatMap(({ atMs, event }) => (event.kind === kind ? [{ atMs, event: event as EventOf<Kind> }] : []));
}

/** `CustomAllocationFailed` for 400207, as the tutorial's table names the codes. */
export function errorNameOf(errorCode: number | undefined): string | null {
  const row = Object.entries(ERRORS).find(([, error]) => error.errorCode === errorCode);
  return row?.[0] ?? null;
}
