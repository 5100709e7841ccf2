/** A webhook that asked for a key and was called without one: what the journal and the set-up say about it. */
import type { JournalEntry } from '../../emulator/wire/journal-entry.ts';
import { maskQuery } from '../../emulator/wire/mask.ts';
import { registrationKey } from '../../emulator/wire/registration-id.ts';
import type { SetUp } from '../../emulator/wire/set-up.ts';

export interface WebhookWithoutKey {
  readonly enrollmentKind: 'individual' | 'group';
  readonly enrollmentId: string;
  /** Name of the provisioning service, when the set-up has it. */
  readonly dpsName: string | undefined;
  /** What was called, its query masked. */
  readonly url: string;
}

export interface Evidence {
  /** Of one attempt, oldest first. */
  readonly entries: readonly JournalEntry[];
  readonly idScope: string;
  /** The set-up as it stands, which may be newer than the call. */
  readonly setUp: SetUp | undefined;
}

/** `undefined` when the URL had a `code`, and when nothing is known of its query. */
export function webhookWithoutKey({ entries, idScope, setUp }: Evidence): WebhookWithoutKey | undefined {
  const events = entries.map(({ event }) => event).toReversed();
  const call = events.find((event) => event.kind === 'webhook-attempt');
  const vouched = events.find((event) => event.kind === 'authenticated');
  if (call?.status !== 401 || vouched === undefined) return undefined;
  const instance = setUp?.dps?.find((one) => one.idScope.toLowerCase() === idScope.toLowerCase());
  const { enrollmentKind, enrollmentId } = vouched;
  const isIt = (id: string): boolean => registrationKey(id) === registrationKey(enrollmentId);
  const enrollment =
    enrollmentKind === 'group'
      ? instance?.enrollmentGroups?.find((one) => isIt(one.enrollmentGroupId))
      : instance?.enrollments?.find((one) => isIt(one.registrationId));
  if (!isWithoutKey(call.url, enrollment?.customAllocationDefinition?.webhookUrl)) return undefined;
  return { enrollmentKind, enrollmentId, dpsName: instance?.name, url: call.url };
}

/** The journal masks the query: with one, the URL that is stored tells, as long as it is still the one that was called. */
function isWithoutKey(called: string, stored: string | undefined): boolean {
  if (!called.includes('?')) return true;
  if (stored === undefined || maskQuery(stored) !== called || !URL.canParse(stored)) return false;
  return !new URL(stored).searchParams.has('code');
}
