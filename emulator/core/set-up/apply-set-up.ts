/** Puts a checked set-up into the stores, and takes one out of them again. */
import { strict as assert } from 'node:assert';
import { DPS_OWNER, DPS_RIGHTS } from '../../wire/access-policy.ts';
import type { EnrollmentGroup, IndividualEnrollment } from '../../wire/enrollment.ts';
import type { ResourceFacts } from '../../wire/resource.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment, SetUp } from '../../wire/set-up.ts';
import { recordTimestamp } from '../../wire/timestamp.ts';
import { completedPolicies } from '../access/complete-policies.ts';
import { storedAttestation } from '../dps/attestation/stored-attestation.ts';
import { type HubPorts, hubsIn } from '../hub/hub-devices.ts';
import type { LinkedHub } from '../store/instances.ts';
import type { Reads, Transaction } from '../store/store.ts';

/** Adds to what is there; an instance or enrollment of the same id is replaced. */
export async function applySetUp(setUp: SetUp, tx: Transaction, ports: HubPorts): Promise<void> {
  const { instances, enrollments } = tx;
  const hubs = hubsIn(tx, ports);
  for (const hub of setUp.hubs ?? []) {
    if (typeof hub === 'string') await hubs.create(hub);
    else await hubs.create(hub.name, { policies: hub.policies, facts: factsOf(hub) });
  }
  for (const instance of setUp.dps ?? []) {
    const { idScope } = instance;
    const linkedHubs = (instance.linkedHubs ?? []).map(
      (hub): LinkedHub => (typeof hub === 'string' ? { name: hub } : hub),
    );
    for (const hub of linkedHubs) await hubs.create(hub.name);
    const allocationPolicy = instance.allocationPolicy ?? 'hashed';
    const present = await instances.byScope(idScope);
    // Enrollments that were still being written while a service of this scope was deleted.
    if (present === undefined) await enrollments.deleteScope(idScope);
    const policies = completedPolicies({
      defaults: [{ keyName: DPS_OWNER, rights: DPS_RIGHTS }],
      given: instance.policies,
      present: present?.policies ?? [],
      generateKey: (keyName, which) => ports.ids.symmetricKey(which, `${idScope}/policies/${keyName.toLowerCase()}`),
    });
    const facts = { ...(present && factsOf(present)), ...factsOf(instance) };
    await instances.put({ ...facts, name: instance.name, idScope, allocationPolicy, linkedHubs, policies });
    for (const given of instance.enrollments ?? []) {
      const { registrationId } = given;
      const write = {
        subject: `${idScope}/enrollments/${registrationId.toLowerCase()}`,
        ordinal: await enrollments.countWrite(idScope, 'individual', registrationId),
        previous: await enrollments.individual(idScope, registrationId),
      };
      await enrollments.putIndividual(idScope, complete(given, write, ports));
    }
    for (const given of instance.enrollmentGroups ?? []) {
      const { enrollmentGroupId } = given;
      const write = {
        subject: `${idScope}/enrollmentGroups/${enrollmentGroupId.toLowerCase()}`,
        ordinal: await enrollments.countWrite(idScope, 'group', enrollmentGroupId),
        previous: await enrollments.group(idScope, enrollmentGroupId),
      };
      await enrollments.putGroup(idScope, complete(given, write, ports));
    }
  }
}

function factsOf({ resourceGroup, location, tags }: ResourceFacts): ResourceFacts {
  return {
    ...(resourceGroup !== undefined && { resourceGroup }),
    ...(location !== undefined && { location }),
    ...(tags !== undefined && { tags }),
  };
}

interface Write {
  readonly subject: string;
  /** The how-manieth write to this id: no two of its etags are the same. */
  readonly ordinal: number;
  /** The record that is replaced: its creation and its keys stay. */
  readonly previous: IndividualEnrollment | EnrollmentGroup | undefined;
}

/** Fills in what the service would: keys, etag, instants and the default status. */
function complete<T extends GivenIndividualEnrollment | GivenEnrollmentGroup>(
  given: T,
  { subject, ordinal, previous }: Write,
  { ids, now }: HubPorts,
): T & (T extends GivenIndividualEnrollment ? IndividualEnrollment : EnrollmentGroup) {
  const stamp = recordTimestamp(now());
  const outcome = storedAttestation(given.attestation, {
    enrollmentKind: 'registrationId' in given ? 'individual' : 'group',
    generateKey: (which) => ids.symmetricKey(which, subject),
    previous: previous?.attestation,
  });
  assert(outcome.kind === 'stored', 'the set-up was not checked');
  const record = {
    ...given,
    attestation: outcome.attestation,
    etag: given.etag ?? ids.etag('enrollment', subject, ordinal, now()),
    provisioningStatus: given.provisioningStatus ?? 'enabled',
    createdDateTimeUtc: given.createdDateTimeUtc ?? previous?.createdDateTimeUtc ?? stamp,
    lastUpdatedDateTimeUtc: given.lastUpdatedDateTimeUtc ?? stamp,
  };
  return record as T & (T extends GivenIndividualEnrollment ? IndividualEnrollment : EnrollmentGroup);
}

/** The set-up as it stands now, keys in clear: what the export hands to the person who asked for it. */
export async function exportSetUp({ instances, enrollments, storedHubs }: Reads): Promise<SetUp> {
  const dps = await Promise.all(
    (await instances.list()).map(async (instance) => ({
      ...instance,
      enrollments: await enrollments.individuals(instance.idScope),
      enrollmentGroups: await enrollments.groups(instance.idScope),
    })),
  );
  return {
    dps,
    hubs: (await storedHubs.list()).map(({ name, facts, policies }) => ({ name, ...facts, policies })),
  };
}
