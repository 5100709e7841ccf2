/** Get: an enrollment without its keys; an individual one with its registration, once there is one. [dps-service-behaviour §3.5] */
import { DpsError } from '../../errors.ts';
import type { CheckedServiceCall } from '../checked-call.ts';
import { checkId, enrollmentKind } from '../enrollment-kind.ts';
import { renderEnrollment } from '../render-enrollment.ts';
import { renderRegistrationState } from '../render-registration-state.ts';
import type { EnrollmentKindName, ServiceAnswer } from '../service-call.ts';
import type { ServiceApiPorts } from '../service-ports.ts';

export async function getEnrollment(
  { instance, apiVersion }: CheckedServiceCall,
  request: { readonly kind: EnrollmentKindName; readonly id: string },
  { enrollments, registrations }: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const kind = enrollmentKind(request.kind, enrollments);
  checkId(request.id, kind.idMember);
  const record = await kind.get(instance.idScope, request.id);
  if (record === undefined) throw new DpsError(kind.notFound);
  const registration =
    'registrationId' in record ? await registrations.get(instance.idScope, record.registrationId) : undefined;
  const registrationState = registration && renderRegistrationState(registration, apiVersion);
  return { kind: 'body', body: renderEnrollment(record, { apiVersion, keys: 'hidden', registrationState }) };
}
