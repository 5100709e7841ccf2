/** Puts a checked set-up into the stores, and takes one out of them again. */
import type { Ids } from '../core/ids.ts';
import type { EnrollmentStore } from '../core/store/enrollments.ts';
import type { InstanceStore, LinkedHub } from '../core/store/instances.ts';
import type { Hubs } from '../hub/hub-devices.ts';
import type { EnrollmentGroup, IndividualEnrollment } from '../wire/enrollment.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment, SetUp } from '../wire/set-up.ts';
import { recordTimestamp } from '../wire/timestamp.ts';

export interface SetUpStores {
  readonly instances: InstanceStore;
  readonly enrollments: EnrollmentStore;
  readonly hubs: Hubs;
  readonly ids: Ids;
  readonly now: () => number;
}

/** Adds to what is there; an instance or enrollment of the same id is replaced. */
export async function applySetUp(setUp: SetUp, stores: SetUpStores): Promise<void> {
  for (const hub of setUp.hubs ?? []) stores.hubs.create(hub);
  for (const instance of setUp.dps ?? []) {
    const { idScope } = instance;
    const linkedHubs = (instance.linkedHubs ?? []).map(
      (hub): LinkedHub => (typeof hub === 'string' ? { name: hub } : hub),
    );
    for (const hub of linkedHubs) stores.hubs.create(hub.name);
    const allocationPolicy = instance.allocationPolicy ?? 'hashed';
    await stores.instances.put({ name: instance.name, idScope, allocationPolicy, linkedHubs });
    for (const given of instance.enrollments ?? []) {
      const subject = `${idScope}/enrollments/${given.registrationId.toLowerCase()}`;
      await stores.enrollments.putIndividual(idScope, complete(given, subject, stores));
    }
    for (const given of instance.enrollmentGroups ?? []) {
      const subject = `${idScope}/enrollmentGroups/${given.enrollmentGroupId.toLowerCase()}`;
      await stores.enrollments.putGroup(idScope, complete(given, subject, stores));
    }
  }
}

/** Fills in what the service would: keys, etag, instants and the default status. */
function complete<T extends GivenIndividualEnrollment | GivenEnrollmentGroup>(
  given: T,
  subject: string,
  { ids, now }: SetUpStores,
): T & (T extends GivenIndividualEnrollment ? IndividualEnrollment : EnrollmentGroup) {
  const stamp = recordTimestamp(now());
  const { primaryKey, secondaryKey } = given.attestation.symmetricKey ?? {};
  const record = {
    ...given,
    attestation: {
      type: 'symmetricKey',
      symmetricKey: {
        primaryKey: primaryKey ?? ids.symmetricKey('primary', subject),
        secondaryKey: secondaryKey ?? ids.symmetricKey('secondary', subject),
      },
    },
    etag: given.etag ?? ids.etag('enrollment', subject, 1, now()),
    provisioningStatus: given.provisioningStatus ?? 'enabled',
    createdDateTimeUtc: given.createdDateTimeUtc ?? stamp,
    lastUpdatedDateTimeUtc: given.lastUpdatedDateTimeUtc ?? stamp,
  };
  return record as T & (T extends GivenIndividualEnrollment ? IndividualEnrollment : EnrollmentGroup);
}

/** The set-up as it stands now, keys in clear: what the export hands to the person who asked for it. */
export async function exportSetUp({ instances, enrollments, hubs }: SetUpStores): Promise<SetUp> {
  const dps = await Promise.all(
    (await instances.list()).map(async (instance) => ({
      ...instance,
      enrollments: await enrollments.individuals(instance.idScope),
      enrollmentGroups: await enrollments.groups(instance.idScope),
    })),
  );
  return { dps, hubs: hubs.names() };
}
