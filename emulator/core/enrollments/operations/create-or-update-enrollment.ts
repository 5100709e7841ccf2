/** Create or update: the whole record is replaced; the answer carries its keys. [dps-service-behaviour §3.5, §4.1] */

import { readObject } from '../../dps/checks.ts';
import type { CheckedServiceCall } from '../checked-call.ts';
import { checkId, enrollmentKind } from '../enrollment-kind.ts';
import { putPrecondition } from '../etag-rules.ts';
import { renderEnrollment } from '../render-enrollment.ts';
import type { EnrollmentKindName, ServiceAnswer } from '../service-call.ts';
import type { ServiceApiPorts } from '../service-ports.ts';
import { writeEnrollment } from '../write-enrollment.ts';

export async function createOrUpdateEnrollment(
  { instance, apiVersion }: CheckedServiceCall,
  request: {
    readonly kind: EnrollmentKindName;
    readonly id: string;
    readonly ifMatch: string | undefined;
    readonly body: string;
  },
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const kind = enrollmentKind(request.kind, ports.enrollments);
  checkId(request.id, kind.idMember);
  const value = readObject(request.body);
  const precondition = putPrecondition(request.ifMatch);
  const record = await writeEnrollment({ instance, kind, id: request.id, value, precondition }, ports);
  return { kind: 'body', body: renderEnrollment(record, { apiVersion, keys: 'shown' }) };
}
