/** Device registration state, get. [dps-service-behaviour §4.1] */
import { DpsError } from '../../errors.ts';
import type { CheckedServiceCall } from '../checked-call.ts';
import { checkId } from '../enrollment-kind.ts';
import { renderRegistrationState } from '../render-registration-state.ts';
import type { ServiceAnswer } from '../service-call.ts';
import type { ServiceApiPorts } from '../service-ports.ts';

export async function getRegistrationState(
  { instance, apiVersion }: CheckedServiceCall,
  { id }: { readonly id: string },
  { registrations }: ServiceApiPorts,
): Promise<ServiceAnswer> {
  checkId(id, 'registrationId');
  const record = await registrations.get(instance.idScope, id);
  if (record === undefined) throw new DpsError('RegistrationNotFound');
  return { kind: 'body', body: renderRegistrationState(record, apiVersion) };
}
