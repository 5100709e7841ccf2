/** Puts a checked set-up into the stores, and takes one out of them again. */
import { DPS_OWNER, DPS_RIGHTS, HUB_OWNER } from '../../wire/access-policy.ts';
import type { EnrollmentGroup, IndividualEnrollment } from '../../wire/enrollment.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import type { ResourceFacts } from '../../wire/resource.ts';
import type { GivenLinkedHub, SetUp, SetUpInstance } from '../../wire/set-up.ts';
import { utcTimestamp } from '../../wire/timestamp.ts';
import { completedPolicies, isNamed } from '../access/complete-policies.ts';
import { enrollmentKind, idOf } from '../enrollments/enrollment-kind.ts';
import { allowedHubs, hubKey, hubsNamedBy } from '../enrollments/rules.ts';
import { putEnrollment, storedEnrollment } from '../enrollments/write-enrollment.ts';
import { defaultsWithout, type HubPorts, hubsIn } from '../hub/hub-devices.ts';
import type { StoredHub } from '../store/hubs.ts';
import type { DpsInstance, LinkedHub } from '../store/instances.ts';
import type { Reads, Transaction } from '../store/store.ts';

/** Adds to what is there: enrollments of the same id are replaced; what is not said of an instance that is there stays. */
export async function applySetUp(setUp: SetUp, tx: Transaction, ports: HubPorts): Promise<void> {
  const hubs = hubsIn(tx, ports);
  for (const hub of setUp.hubs ?? []) {
    if (typeof hub === 'string') await hubs.create(hub);
    else
      await hubs.create(hub.name, {
        policies: hub.policies,
        deletedPolicies: hub.deletedPolicies,
        facts: factsOf(hub),
      });
  }
  for (const instance of setUp.dps ?? []) {
    const { isNew } = await applyInstance(instance, tx, ports);
    await applyEnrollments(instance, { name: 'individual', isNew }, tx, ports);
    await applyEnrollments(instance, { name: 'group', isNew }, tx, ports);
  }
}

async function applyInstance(
  instance: SetUpInstance,
  tx: Transaction,
  ports: HubPorts,
): Promise<{ readonly isNew: boolean }> {
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
    linkedHubs:
      given === undefined ? (present?.linkedHubs ?? []) : await Promise.all(given.map((link) => linkOf(link, tx))),
    policies: completedPolicies({
      defaults: [{ keyName: DPS_OWNER, rights: DPS_RIGHTS }],
      given: instance.policies,
      present: present?.policies ?? [],
      generateKey: (keyName, which) => ports.ids.symmetricKey(which, `${idScope}/policies/${keyName.toLowerCase()}`),
    }),
  });
  return { isNew: present === undefined };
}

/** A link that does not say its key holds the one that the hub has now. */
async function linkOf(given: GivenLinkedHub, { storedHubs }: Pick<Transaction, 'storedHubs'>): Promise<LinkedHub> {
  const { isDeleted: _isDeleted, policy = HUB_OWNER, key, ...link } = given;
  const policies = (await storedHubs.get(given.name))?.policies ?? [];
  return { ...link, policy, key: key ?? policies.find((one) => isNamed(one, policy))?.primaryKey ?? '' };
}

async function applyEnrollments(
  instance: SetUpInstance,
  { name, isNew }: { readonly name: 'individual' | 'group'; readonly isNew: boolean },
  { enrollments }: Pick<Transaction, 'enrollments'>,
  { ids, now }: HubPorts,
): Promise<void> {
  const { idScope } = instance;
  const kind = enrollmentKind(name, enrollments);
  const nowMs = now();
  const stamp = utcTimestamp(nowMs);
  for (const given of instance[kind.collection] ?? []) {
    const id = idOf(given);
    const subject = `${idScope}/${kind.collection}/${registrationKey(id)}`;
    // No two etags of one id are the same.
    // In a new scope there is nothing to be read, which a document of a hundred thousand notices.
    const ordinal = isNew ? 1 : await enrollments.countWrite(idScope, name, id);
    const record = storedEnrollment(given, {
      id,
      previous: isNew ? undefined : await kind.get(idScope, id),
      etag: ids.etag('enrollment', subject, ordinal, nowMs),
      stamp,
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
  const here = new Map(hubs.map((hub) => [hubKey(hub.name), hub]));
  const dps = await Promise.all(
    (await instances.list()).map(async (instance): Promise<SetUpInstance> => {
      const individuals = await enrollments.individuals(instance.idScope);
      const groups = await enrollments.groups(instance.idScope);
      const unlinkedHubs = unlinkedHubsOf(instance, [...individuals, ...groups]);
      return {
        ...instance,
        linkedHubs: instance.linkedHubs.map((link) => exportedLink(link, here.get(hubKey(link.name)))),
        ...(unlinkedHubs.length > 0 && { unlinkedHubs }),
        enrollments: individuals,
        enrollmentGroups: groups,
      };
    }),
  );
  return {
    dps,
    hubs: hubs.map(({ name, facts, policies }) => {
      const deletedPolicies = defaultsWithout(policies);
      return { name, ...facts, policies, ...(deletedPolicies.length > 0 && { deletedPolicies }) };
    }),
  };
}

/** The key stands in it only where loading would find another one. */
function exportedLink({ policy, key, ...link }: LinkedHub, hub: StoredHub | undefined): GivenLinkedHub {
  const current = hub?.policies.find((one) => isNamed(one, policy))?.primaryKey ?? '';
  return {
    ...link,
    ...(policy !== HUB_OWNER && { policy }),
    ...(key !== current && { key }),
    ...(hub === undefined && { isDeleted: true }),
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
