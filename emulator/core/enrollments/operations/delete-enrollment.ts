/** Delete: 204, whatever devices the enrollment has let in. [dps-service-behaviour §3.4, §4.1] */
import type { CheckedServiceCall } from '../checked-call.ts';
import { checkId, enrollmentKind } from '../enrollment-kind.ts';
import { deletePrecondition } from '../etag-rules.ts';
import { removeEnrollment } from '../remove-enrollment.ts';
import type { EnrollmentKindName, ServiceAnswer } from '../service-call.ts';
import type { ServiceApiPorts } from '../service-ports.ts';

export async function deleteEnrollment(
  { instance }: CheckedServiceCall,
  request: { readonly kind: EnrollmentKindName; readonly id: string; readonly ifMatch: string | undefined },
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const kind = enrollmentKind(request.kind, ports.enrollments);
  checkId(request.id, kind.idMember);
  const precondition = deletePrecondition(request.ifMatch);
  await removeEnrollment({ instance, kind, id: request.id, precondition }, ports);
  return { kind: 'no-content' };
}
