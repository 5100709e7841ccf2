/** Attestation mechanism: the keys of an enrollment, for those who may write it. [dps-service-behaviour §3.5] */
import { DpsError } from '../../errors.ts';
import type { CheckedServiceCall } from '../checked-call.ts';
import { checkId, enrollmentKind } from '../enrollment-kind.ts';
import { renderAttestation } from '../render-enrollment.ts';
import type { EnrollmentKindName, ServiceAnswer } from '../service-call.ts';
import type { ServiceApiPorts } from '../service-ports.ts';

export async function getAttestationMechanism(
  { instance }: CheckedServiceCall,
  request: { readonly kind: EnrollmentKindName; readonly id: string },
  { enrollments }: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const kind = enrollmentKind(request.kind, enrollments);
  checkId(request.id, kind.idMember);
  const record = await kind.get(instance.idScope, request.id);
  if (record === undefined) throw new DpsError(kind.notFound);
  return { kind: 'body', body: renderAttestation(record.attestation, 'shown') };
}
