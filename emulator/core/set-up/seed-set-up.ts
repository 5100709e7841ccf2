/** Adds a set-up to what is there: checked together with it first, then taken over as a whole or not at all. */

import { schemaFaults } from '../../wire/check-shape.ts';
import { SetUpError, type SetUpFault, shown } from '../../wire/fault.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import { type SetUp, type SetUpInstance, SetUpSchema } from '../../wire/set-up.ts';
import type { HubPorts } from '../hub/hub-devices.ts';
import type { Transaction } from '../store/store.ts';
import { applySetUp, exportSetUp } from './apply-set-up.ts';
import { checkSetUp } from './check-set-up.ts';

/**
 * Enrollments of the same id are replaced; of an instance that is there, what the document leaves out stays.
 * @throws {SetUpError} naming every fault; nothing has been changed then
 */
export async function seedSetUp(document: unknown, source: string, tx: Transaction, ports: HubPorts): Promise<void> {
  const shape = await schemaFaults(SetUpSchema, document);
  if (shape.length > 0) throw new SetUpError(source, shape);
  const given = document as SetUp;
  const present = (await exportSetUp(tx)).dps ?? [];
  const completed = await checkSetUp(
    { ...given, dps: (given.dps ?? []).map((one) => completedFrom(one, present)) },
    source,
  );
  const faults = (completed.dps ?? []).flatMap((one, index) => [
    ...nameFaults(one, index, completed.dps ?? [], present),
    ...brokenLinks(one, index, present),
  ]);
  if (faults.length > 0) throw new SetUpError(source, faults);
  await applySetUp(completed, tx, ports);
}

function completedFrom(given: SetUpInstance, present: readonly SetUpInstance[]): SetUpInstance {
  const { linkedHubs, allocationPolicy } = present.find((one) => isSameScope(one, given)) ?? {};
  return {
    ...(linkedHubs !== undefined && { linkedHubs }),
    ...(allocationPolicy !== undefined && { allocationPolicy }),
    ...given,
  };
}

/** Two instances of one name would share a service host. */
function nameFaults(
  given: SetUpInstance,
  index: number,
  all: readonly SetUpInstance[],
  present: readonly SetUpInstance[],
): readonly SetUpFault[] {
  const other = present.find(
    (one) =>
      registrationKey(one.name) === registrationKey(given.name) &&
      !all.some((replacing) => isSameScope(replacing, one)),
  );
  if (other === undefined) return [];
  const rule = `is the name of the instance with the ID scope "${other.idScope}"`;
  return [{ path: `dps[${index}].name`, rule, value: shown(given.name) }];
}

/** An enrollment that stays must still find its hubs among the linked ones. */
function brokenLinks(given: SetUpInstance, index: number, present: readonly SetUpInstance[]): readonly SetUpFault[] {
  const old = present.find((one) => isSameScope(one, given));
  const linked = new Set(
    (given.linkedHubs ?? []).map((hub) => (typeof hub === 'string' ? hub : hub.name).toLowerCase()),
  );
  const isGone = (hub: string): boolean => !linked.has(hub.toLowerCase());
  return kept(given, old).flatMap(({ kind, id, iotHubs }) =>
    iotHubs.filter(isGone).map((hub) => ({
      path: `dps[${index}].linkedHubs`,
      rule: `must keep "${hub}": the ${kind} "${id}", which is here already, names it`,
    })),
  );
}

interface KeptEnrollment {
  readonly kind: string;
  readonly id: string;
  readonly iotHubs: readonly string[];
}

/** What the instance holds already and the document does not replace. */
function kept(given: SetUpInstance, old: SetUpInstance | undefined): readonly KeptEnrollment[] {
  const individuals = new Set((given.enrollments ?? []).map((one) => registrationKey(one.registrationId)));
  const groups = new Set((given.enrollmentGroups ?? []).map((one) => registrationKey(one.enrollmentGroupId)));
  return [
    ...(old?.enrollments ?? [])
      .filter((one) => !individuals.has(registrationKey(one.registrationId)))
      .map((one) => ({ kind: 'enrollment', id: one.registrationId, iotHubs: one.iotHubs ?? [] })),
    ...(old?.enrollmentGroups ?? [])
      .filter((one) => !groups.has(registrationKey(one.enrollmentGroupId)))
      .map((one) => ({ kind: 'enrollment group', id: one.enrollmentGroupId, iotHubs: one.iotHubs ?? [] })),
  ];
}

function isSameScope(a: SetUpInstance, b: SetUpInstance): boolean {
  return a.idScope.toLowerCase() === b.idScope.toLowerCase();
}
