/** Operations: what an operation id that a device holds stands for. */
import { type RegistrationRecord, registrationAddress } from './registrations.ts';

export interface OperationRecord {
  readonly operationId: string;
  readonly idScope: string;
  readonly registrationId: string;
  readonly openedMs: number;
  /** Set when the operation has ended; its life-time counts from here. */
  readonly concludedMs?: number;
  /** The registration as this operation left it. */
  readonly outcome?: RegistrationRecord;
  /** A newer register took its place before it ended. */
  readonly isSuperseded?: boolean;
}

export interface OperationStore {
  get(idScope: string, registrationId: string, operationId: string): Promise<OperationRecord | undefined>;
  put(operation: OperationRecord): Promise<void>;
  /** Forgets every operation of a registration. */
  deleteAll(idScope: string, registrationId: string): Promise<void>;
  clear(): Promise<void>;
}

/** A device that registers without end must not grow the store without end; the oldest ids of it are forgotten. */
const OPERATIONS_PER_REGISTRATION_MAX = 32;

export function createOperationStore(): OperationStore {
  const byRegistration = new Map<string, Map<string, OperationRecord>>();
  return {
    get: async (idScope, registrationId, operationId) =>
      byRegistration.get(registrationAddress(idScope, registrationId))?.get(operationId),
    put: async (operation) => {
      const address = registrationAddress(operation.idScope, operation.registrationId);
      const operations = byRegistration.get(address) ?? new Map<string, OperationRecord>();
      byRegistration.set(address, operations);
      operations.set(operation.operationId, operation);
      const oldest = operations.keys().next().value;
      if (operations.size > OPERATIONS_PER_REGISTRATION_MAX && oldest !== undefined) operations.delete(oldest);
    },
    deleteAll: async (idScope, registrationId) => {
      byRegistration.delete(registrationAddress(idScope, registrationId));
    },
    clear: async () => byRegistration.clear(),
  };
}
