/** Deletes a registration record, in turn with its other state changes; what is being allocated for it ends. [dps-service-behaviour §5.3] */

import type { Ports } from '../ports.ts';
import { type RegistrationRecord, registrationAddress } from '../store/registrations.ts';
import type { Allocations } from './allocations.ts';

/** Throws what is wrong with deleting this record; told of one that is not there as well. */
export type AdmitDeletion = (record: RegistrationRecord | undefined) => void;

export function forgetRegistration(
  idScope: string,
  registrationId: string,
  admit: AdmitDeletion,
  ports: Ports,
  allocations: Allocations,
): Promise<void> {
  return allocations.queue.turn(registrationAddress(idScope, registrationId), async () => {
    const record = await ports.registrations.get(idScope, registrationId);
    admit(record);
    if (record === undefined) return;
    await allocations.supersede(record, 'the deletion of the registration');
    await ports.operations.deleteAll(idScope, registrationId);
    await ports.registrations.delete(idScope, registrationId);
  });
}
