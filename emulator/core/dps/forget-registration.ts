/** Deletes a registration record, in a transaction with what else goes; what is being allocated for it ends. [dps-service-behaviour §5.3] */

import type { RegistrationRecord } from '../store/registrations.ts';
import type { Transaction } from '../store/store.ts';

/** Throws what is wrong with deleting this record; told of one that is not there as well. */
export type AdmitDeletion = (record: RegistrationRecord | undefined) => void;

/** Ends what is under way for a registration, once the transaction is committed. */
interface UnderWay {
  supersede(previous: RegistrationRecord, by: string, tx: Transaction): Promise<void>;
}

export async function forgetRegistration(
  { idScope, registrationId }: { readonly idScope: string; readonly registrationId: string },
  admit: AdmitDeletion,
  tx: Transaction,
  allocations: UnderWay,
): Promise<void> {
  const record = await tx.registrations.get(idScope, registrationId);
  admit(record);
  if (record === undefined) return;
  await allocations.supersede(record, 'the deletion of the registration', tx);
  await deleteRegistration(record, tx);
}

/** The record and every operation that it kept. */
export async function deleteRegistration(record: RegistrationRecord, tx: Transaction): Promise<void> {
  const { idScope, registrationId, operationIds } = record;
  for (const operationId of operationIds) await tx.operations.delete(idScope, registrationId, operationId);
  await tx.registrations.delete(idScope, registrationId);
}
