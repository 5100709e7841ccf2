/** Device registration state, query: a page of the devices that came through a group, oldest first. [dps-service-behaviour §4.1, §4.2] */
import { registrationKey } from '../../../wire/registration-id.ts';
import { DpsError } from '../../errors.ts';
import { checkQuery } from '../check-query.ts';
import type { CheckedServiceCall } from '../checked-call.ts';
import { checkId } from '../enrollment-kind.ts';
import { pageAnswer, pageRequest } from '../paging.ts';
import { renderRegistrationState } from '../render-registration-state.ts';
import type { PagingHeaders, ServiceAnswer } from '../service-call.ts';
import type { ServiceApiPorts } from '../service-ports.ts';

export async function queryRegistrationStates(
  { instance, apiVersion }: CheckedServiceCall,
  request: { readonly id: string; readonly body: string } & PagingHeaders,
  { enrollments, registrations }: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const { id, body } = request;
  checkId(id, 'enrollmentGroupId');
  checkQuery(body);
  const list = `${instance.idScope}/registrations/${registrationKey(id)}`;
  const page = pageRequest(request, list);
  const found = await registrations.groupPage(instance.idScope, id, page);
  // A deleted group's registrations are still there, and still listed.
  const isKnown = found.items.length > 0 || (await enrollments.group(instance.idScope, id)) !== undefined;
  if (!isKnown) throw new DpsError('EnrollmentGroupNotFound');
  return pageAnswer(found, page, {
    list,
    itemType: 'deviceRegistration',
    render: (record) => renderRegistrationState(record, apiVersion),
  });
}
