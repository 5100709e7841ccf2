/** Puts a checked set-up into the stores, and takes one out of them again. */
import { DPS_OWNER, DPS_RIGHTS } from '../../wire/access-policy.ts';
import type { EnrollmentGroup, IndividualEnrollment } from '../../wire/enrollment.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import type { ResourceFacts } from '../../wire/resource.ts';
import type { GivenLinkedHub, SetUp, SetUpInstance } from '../../wire/set-up.ts';
import { completedPolicies } from '../access/complete-policies.ts';
import { enrollmentKind, idOf } from '../enrollments/enrollment-kind.ts';
import { allowedHubs, hubKey, hubsNamedBy } from '../enrollments/rules.ts';
import { putEnrollment, storedEnrollment } from '../enrollments/write-enrollment.ts';
import { type HubPorts, hubsIn } from '../hub/hub-devices.ts';
import type { DpsInstance, LinkedHub } from '../store/instances.ts';
import type { Reads, Transaction } from '../store/store.ts';

/** Adds to what is there: enrollments of the same id are replaced; what is not said of an instance that is there stays. */
export async function applySetUp(setUp: SetUp, tx: Transaction, ports: HubPorts): Promise<void> {
  const hubs = hubsIn(tx, ports);
  for (const hub of setUp.hubs ?? []) {
    if (typeof hub === 'string') await hubs.create(hub);
    else await hubs.create(hub.name, { policies: hub.policies, facts: factsOf(hub) });
  }
  for (const instance of setUp.dps ?? []) {
    await applyInstance(instance, tx, ports);
    await applyEnrollments(instance, 'individual', tx, ports);
    await applyEnrollments(instance, 'group', tx, ports);
  }
}

async function applyInstance(instance: SetUpInstance, tx: Transaction, ports: HubPorts): Promise<void> {
  const { name, idScope } = instance;
  const present = await tx.instances.byScope(idScope);
  // Enrollments that were still being written while a service of this scope was deleted.
  if (present === undefined) await tx.enrollments.deleteScope(idScope);
  const given = instance.linkedHubs?.map((hub): GivenLinkedHub => (typeof hub === 'string' ? { name: hub } : hub));
  for (const { name: hub, isDeleted } of given ?? []) if (isDeleted !== true) await hubsIn(tx, ports).create(hub);
  await tx.instances.put({
    ...(present && factsOf(present)),
    ...factsOf(instance),
    name,
    idScope,
    allocationPolicy: instance.allocationPolicy ?? present?.allocationPolicy ?? 'hashed',
    linkedHubs: given?.map(({ isDeleted: _isDeleted, ...link }): LinkedHub => link) ?? present?.linkedHubs ?? [],
    policies: completedPolicies({
      defaults: [{ keyName: DPS_OWNER, rights: DPS_RIGHTS }],
      given: instance.policies,
      present: present?.policies ?? [],
      generateKey: (keyName, which) => ports.ids.symmetricKey(which, `${idScope}/policies/${keyName.toLowerCase()}`),
    }),
  });
}

async function applyEnrollments(
  instance: SetUpInstance,
  name: 'individual' | 'group',
  { enrollments }: Pick<Transaction, 'enrollments'>,
  { ids, now }: HubPorts,
): Promise<void> {
  const { idScope } = instance;
  const kind = enrollmentKind(name, enrollments);
  for (const given of instance[kind.collection] ?? []) {
    const id = idOf(given);
    const subject = `${idScope}/${kind.collection}/${registrationKey(id)}`;
    // No two etags of one id are the same.
    const ordinal = await enrollments.countWrite(idScope, name, id);
    const record = storedEnrollment(given, {
      id,
      previous: await kind.get(idScope, id),
      etag: ids.etag('enrollment', subject, ordinal, now()),
      nowMs: now(),
      generateKey: (which) => ids.symmetricKey(which, subject),
    });
    await putEnrollment(idScope, record, enrollments);
  }
}

function factsOf({ resourceGroup, location, tags }: ResourceFacts): ResourceFacts {
  return {
    ...(resourceGroup !== undefined && { resourceGroup }),
    ...(location !== undefined && { location }),
    ...(tags !== undefined && { tags }),
  };
}

/** The set-up as it stands now, keys in clear: what the export hands to the person who asked for it. */
export async function exportSetUp({ instances, enrollments, storedHubs }: Reads): Promise<SetUp> {
  const hubs = await storedHubs.list();
  const isHere = new Set(hubs.map(({ name }) => hubKey(name)));
  const dps = await Promise.all(
    (await instances.list()).map(async (instance): Promise<SetUpInstance> => {
      const individuals = await enrollments.individuals(instance.idScope);
      const groups = await enrollments.groups(instance.idScope);
      const unlinkedHubs = unlinkedHubsOf(instance, [...individuals, ...groups]);
      return {
        ...instance,
        linkedHubs: instance.linkedHubs.map((link) =>
          isHere.has(hubKey(link.name)) ? link : { ...link, isDeleted: true },
        ),
        ...(unlinkedHubs.length > 0 && { unlinkedHubs }),
        enrollments: individuals,
        enrollmentGroups: groups,
      };
    }),
  );
  return {
    dps,
    hubs: hubs.map(({ name, facts, policies }) => ({ name, ...facts, policies })),
  };
}

/** What enrollments still name although it was unlinked since. */
function unlinkedHubsOf(
  { linkedHubs }: DpsInstance,
  records: readonly (IndividualEnrollment | EnrollmentGroup)[],
): readonly string[] {
  const linked = allowedHubs(linkedHubs);
  const found = new Map<string, string>();
  for (const hub of records.flatMap(hubsNamedBy)) {
    if (!linked.has(hub) && !found.has(hubKey(hub))) found.set(hubKey(hub), hub);
  }
  return [...found.values()];
}
