/** Writes one enrollment: precondition, rules, etag and instants; in turn with every other write of that enrollment. */
import { maskQuery } from '../../wire/mask.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import { recordTimestamp } from '../../wire/timestamp.ts';
import type { JsonValue } from '../../wire/twin.ts';
import type { KeyedQueue } from '../keyed-queue.ts';
import type { DpsInstance } from '../store/instances.ts';
import type { EnrollmentKind, EnrollmentRecord } from './enrollment-kind.ts';
import { checkPrecondition, type Precondition } from './etag-rules.ts';
import { type ValidEnrollment, validateEnrollment } from './rules.ts';
import type { ServiceApiPorts } from './service-ports.ts';

export interface EnrollmentWrite {
  readonly instance: DpsInstance;
  readonly kind: EnrollmentKind;
  readonly id: string;
  readonly value: JsonValue;
  readonly precondition: Precondition;
}

/** The key under which the writes of one enrollment are ordered. */
export function writeTurn(instance: DpsInstance, kind: EnrollmentKind, id: string): string {
  return `${instance.idScope.toLowerCase()}/${kind.name}/${registrationKey(id)}`;
}

export function writeEnrollment(
  { instance, kind, id, value, precondition }: EnrollmentWrite,
  ports: ServiceApiPorts,
  writes: KeyedQueue,
): Promise<EnrollmentRecord> {
  return writes.turn(writeTurn(instance, kind, id), async () => {
    const { idScope } = instance;
    const previous = await kind.get(idScope, id);
    const subject = `${idScope}/${kind.collection}/${registrationKey(id)}`;
    const ordinal = await ports.enrollments.countWrite(idScope, kind.name, id);
    const enrollment = validateEnrollment(value, {
      kind,
      instance,
      id,
      previous,
      unknownMembers: ports.settings.assumptions['unknown-enrollment-member'] === 'ignore' ? 'drop' : 'keep',
      generateKey: (which) => ports.ids.symmetricKey(which, `${subject}#${ordinal}`),
    });
    checkPrecondition(previous, precondition, kind.notFound);
    const nowMs = ports.clock.now();
    const record = recordOf(enrollment, previous, {
      etag: ports.ids.etag('enrollment-write', subject, ordinal, nowMs),
      stamp: recordTimestamp(nowMs),
    });
    if ('registrationId' in record) await ports.enrollments.putIndividual(idScope, record);
    else await ports.enrollments.putGroup(idScope, record);
    return record;
  });
}

function recordOf(
  enrollment: ValidEnrollment,
  previous: EnrollmentRecord | undefined,
  written: { readonly etag: string; readonly stamp: string },
): EnrollmentRecord {
  const common = {
    etag: written.etag,
    provisioningStatus: enrollment.provisioningStatus ?? 'enabled',
    createdDateTimeUtc: previous?.createdDateTimeUtc ?? written.stamp,
    lastUpdatedDateTimeUtc: written.stamp,
    ...keptWebhook(enrollment, previous),
  };
  // The id keeps the spelling with which it was created.
  if ('registrationId' in enrollment) {
    const known = previous !== undefined && 'registrationId' in previous ? previous.registrationId : undefined;
    return { ...enrollment, ...common, registrationId: known ?? enrollment.registrationId };
  }
  const known = previous !== undefined && 'enrollmentGroupId' in previous ? previous.enrollmentGroupId : undefined;
  return { ...enrollment, ...common, enrollmentGroupId: known ?? enrollment.enrollmentGroupId };
}

/** Who reads a record and writes it back (the CLI's update does) sends the masked URL: it means the one that is stored. */
function keptWebhook(
  { customAllocationDefinition: given }: ValidEnrollment,
  previous: EnrollmentRecord | undefined,
): Pick<EnrollmentRecord, 'customAllocationDefinition'> {
  const old = previous?.customAllocationDefinition;
  if (given === undefined || old === undefined || given.webhookUrl !== maskQuery(old.webhookUrl)) return {};
  return { customAllocationDefinition: { ...given, webhookUrl: old.webhookUrl } };
}
