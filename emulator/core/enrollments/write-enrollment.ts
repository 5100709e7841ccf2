/** Writes one enrollment: precondition, rules, etag and instants; in turn with every other write of that enrollment. */
import { maskQuery } from '../../wire/mask.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import { recordTimestamp } from '../../wire/timestamp.ts';
import type { JsonValue } from '../../wire/twin.ts';
import { DpsError } from '../errors.ts';
import type { DpsInstance } from '../store/instances.ts';
import { registrationAddress } from '../store/registrations.ts';
import { type EnrollmentKind, type EnrollmentRecord, enrollmentKind } from './enrollment-kind.ts';
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

/** The key under which the writes of one enrollment are ordered; an individual one goes in turn with its registration. */
export function writeTurn({ idScope }: DpsInstance, kind: EnrollmentKind, id: string): string {
  return kind.name === 'individual' ? registrationAddress(idScope, id) : `groups/${registrationAddress(idScope, id)}`;
}

export function writeEnrollment(
  { instance, kind, id, value, precondition }: EnrollmentWrite,
  ports: ServiceApiPorts,
): Promise<EnrollmentRecord> {
  return ports.transaction(writeTurn(instance, kind, id), async (tx) => {
    const { idScope } = instance;
    // Read here as well, so that nothing is stored for a service that is being deleted.
    if ((await tx.instances.byScope(idScope)) === undefined) throw new DpsError('NotFound');
    const previous = await enrollmentKind(kind.name, tx.enrollments).get(idScope, id);
    const subject = `${idScope}/${kind.collection}/${registrationKey(id)}`;
    const ordinal = await tx.enrollments.countWrite(idScope, kind.name, id);
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
    if ('registrationId' in record) await tx.enrollments.putIndividual(idScope, record);
    else await tx.enrollments.putGroup(idScope, record);
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
