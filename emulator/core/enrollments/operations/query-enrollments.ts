/** Query: a page of enrollments, oldest first, without keys and without registrations. [dps-service-behaviour §3.5, §4.2] */

import { checkQuery } from '../check-query.ts';
import type { CheckedServiceCall } from '../checked-call.ts';
import { enrollmentKind } from '../enrollment-kind.ts';
import { pageAnswer, pageRequest } from '../paging.ts';
import { renderEnrollment } from '../render-enrollment.ts';
import type { EnrollmentKindName, PagingHeaders, ServiceAnswer } from '../service-call.ts';
import type { ServiceApiPorts } from '../service-ports.ts';

export async function queryEnrollments(
  { instance, apiVersion }: CheckedServiceCall,
  request: { readonly kind: EnrollmentKindName; readonly body: string } & PagingHeaders,
  { enrollments }: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const kind = enrollmentKind(request.kind, enrollments);
  checkQuery(request.body);
  const list = `${instance.idScope}/${kind.collection}`;
  const page = pageRequest(request, list);
  return pageAnswer(await kind.page(instance.idScope, page), page, {
    list,
    itemType: kind.itemType,
    render: (record) => renderEnrollment(record, { apiVersion, keys: 'hidden' }),
  });
}
