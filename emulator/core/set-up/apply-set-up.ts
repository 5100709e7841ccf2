/** Puts a checked set-up into the stores, and takes one out of them again. */
import { DPS_OWNER, DPS_RIGHTS, type GivenPolicy, type HubPolicy, type HubRight } from '../../wire/access-policy.ts';
import type { EnrollmentGroup, IndividualEnrollment } from '../../wire/enrollment.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import type { ResourceFacts } from '../../wire/resource.ts';
import type { GivenLinkedHub, SetUp, SetUpInstance } from '../../wire/set-up.ts';
import { completedPolicies } from '../access/complete-policies.ts';
import { enrollmentKind, idOf } from '../enrollments/enrollment-kind.ts';
import { allowedHubs, hubKey, hubsNamedBy } from '../enrollments/rules.ts';
import { putEnrollment, storedEnrollment } from '../enrollments/write-enrollment.ts';
import type { Ids } from '../ids.ts';
import type { EnrollmentStore } from '../store/enrollments.ts';
import type { DpsInstance, InstanceStore, LinkedHub } from '../store/instances.ts';

/** The part of the hubs that a set-up touches. */
export interface SetUpHubs {
  names(): readonly string[];
  create(
    hub: string,
    given?: { readonly policies?: readonly GivenPolicy<HubRight>[] | undefined; readonly facts?: ResourceFacts },
  ): void;
  facts(hub: string): ResourceFacts | undefined;
  policies(hub: string): readonly HubPolicy[] | undefined;
}

export interface SetUpStores {
  readonly instances: InstanceStore;
  readonly enrollments: EnrollmentStore;
  readonly hubs: SetUpHubs;
  readonly ids: Ids;
  readonly now: () => number;
}

/** Adds to what is there: enrollments of the same id are replaced; what is not said of an instance that is there stays. */
export async function applySetUp(setUp: SetUp, stores: SetUpStores): Promise<void> {
  for (const hub of setUp.hubs ?? []) {
    if (typeof hub === 'string') stores.hubs.create(hub);
    else stores.hubs.create(hub.name, { policies: hub.policies, facts: factsOf(hub) });
  }
  for (const instance of setUp.dps ?? []) {
    await applyInstance(instance, stores);
    await applyEnrollments(instance, 'individual', stores);
    await applyEnrollments(instance, 'group', stores);
  }
}

async function applyInstance(instance: SetUpInstance, { instances, hubs, ids }: SetUpStores): Promise<void> {
  const { name, idScope } = instance;
  const present = await instances.byScope(idScope);
  const given = instance.linkedHubs?.map((hub): GivenLinkedHub => (typeof hub === 'string' ? { name: hub } : hub));
  for (const { name: hub, isDeleted } of given ?? []) if (isDeleted !== true) hubs.create(hub);
  await instances.put({
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
      generateKey: (keyName, which) => ids.symmetricKey(which, `${idScope}/policies/${keyName.toLowerCase()}`),
    }),
  });
}

async function applyEnrollments(
  instance: SetUpInstance,
  name: 'individual' | 'group',
  { enrollments, ids, now }: SetUpStores,
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
export async function exportSetUp({ instances, enrollments, hubs }: SetUpStores): Promise<SetUp> {
  const names = hubs.names();
  const isHere = new Set(names.map(hubKey));
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
    hubs: names.map((name) => ({ name, ...hubs.facts(name), policies: hubs.policies(name) ?? [] })),
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
