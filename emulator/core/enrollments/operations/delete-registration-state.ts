/** Device registration state, delete: the device at the hub stays, the next register is a first one. [dps-service-behaviour §5.3] */
import { registrationAddress } from '../../store/registrations.ts';
import type { CheckedServiceCall } from '../checked-call.ts';
import { checkId } from '../enrollment-kind.ts';
import { checkPrecondition, deletePrecondition } from '../etag-rules.ts';
import type { ServiceAnswer } from '../service-call.ts';
import type { ServiceApiPorts } from '../service-ports.ts';

export async function deleteRegistrationState(
  { instance }: CheckedServiceCall,
  { id, ifMatch }: { readonly id: string; readonly ifMatch: string | undefined },
  { dps, transaction }: ServiceApiPorts,
): Promise<ServiceAnswer> {
  checkId(id, 'registrationId');
  const precondition = deletePrecondition(ifMatch);
  const registration = { idScope: instance.idScope, registrationId: id };
  await transaction(registrationAddress(instance.idScope, id), (tx) =>
    dps.forget(registration, tx, (record) => checkPrecondition(record, precondition, 'RegistrationNotFound')),
  );
  return { kind: 'no-content' };
}
