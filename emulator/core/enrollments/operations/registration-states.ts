/** The operations on registrations as back ends see them: device registration states. [dps-service-behaviour §4.1, §5.3] */
import { registrationKey } from '../../../wire/registration-id.ts';
import { DpsError } from '../../errors.ts';
import { registrationAddress } from '../../store/registrations.ts';
import { checkId } from '../enrollment-kind.ts';
import { checkPrecondition, deletePrecondition } from '../etag-rules.ts';
import { checkQuery, pageAnswer, pageRequest } from '../paging.ts';
import { renderRegistrationState } from '../render-registration-state.ts';
import type { ServiceAnswer, ServiceRequest } from '../service-call.ts';
import type { CheckedServiceCall, ServiceApiPorts } from '../service-ports.ts';

export async function getRegistrationState(
  { instance, apiVersion }: CheckedServiceCall,
  { id }: ServiceRequest,
  { registrations, settings }: ServiceApiPorts,
): Promise<ServiceAnswer> {
  checkId(id, 'registrationId', settings);
  const record = await registrations.get(instance.idScope, id);
  if (record === undefined) throw new DpsError('RegistrationNotFound');
  return { kind: 'body', body: renderRegistrationState(record, apiVersion) };
}

/** The device at the hub stays, the next register is a first one. [§5.3] */
export async function deleteRegistrationState(
  { instance }: CheckedServiceCall,
  { id, ifMatch }: ServiceRequest,
  { dps, transaction, settings }: ServiceApiPorts,
): Promise<ServiceAnswer> {
  checkId(id, 'registrationId', settings);
  const precondition = deletePrecondition(ifMatch);
  const registration = { idScope: instance.idScope, registrationId: id };
  await transaction(registrationAddress(instance.idScope, id), (tx) =>
    dps.forget(registration, tx, (record) => checkPrecondition(record, precondition, 'RegistrationNotFound')),
  );
  return { kind: 'no-content' };
}

/** A page of the devices that came through a group, oldest first. [§4.1, §4.2] */
export async function queryRegistrationStates(
  { instance, apiVersion }: CheckedServiceCall,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const { id, body } = request;
  checkId(id, 'enrollmentGroupId', ports.settings);
  checkQuery(body, instance.idScope, ports);
  const list = `${instance.idScope}/registrations/${registrationKey(id)}`;
  const page = pageRequest(request, list);
  const found = await ports.registrations.groupPage(instance.idScope, id, page);
  // A deleted group's registrations are still there, and still listed.
  const isKnown = found.items.length > 0 || (await ports.enrollments.group(instance.idScope, id)) !== undefined;
  if (!isKnown) throw new DpsError('EnrollmentGroupNotFound');
  return pageAnswer(found, page, {
    list,
    itemType: 'deviceRegistration',
    render: (record) => renderRegistrationState(record, apiVersion),
  });
}
