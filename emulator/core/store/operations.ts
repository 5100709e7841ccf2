/** Operations: what an operation id that a device holds stands for. */
import type { Access } from './access.ts';
import type { Outcome } from './registrations.ts';
import { registrationAddress } from './registrations.ts';

export interface OperationRecord {
  readonly operationId: string;
  readonly idScope: string;
  readonly registrationId: string;
  readonly openedMs: number;
  /** Set when the operation has ended; its life-time counts from here. */
  readonly concludedMs?: number;
  /** The registration as this operation left it. */
  readonly outcome?: Outcome;
  /** A newer register took its place before it ended. */
  readonly isSuperseded?: boolean;
}

export interface OperationReads {
  get(idScope: string, registrationId: string, operationId: string): Promise<OperationRecord | undefined>;
}

export interface Operations extends OperationReads {
  put(operation: OperationRecord): Promise<void>;
  delete(idScope: string, registrationId: string, operationId: string): Promise<boolean>;
}

const OPERATIONS = 'operations';

export function operationsIn(access: Access): Operations {
  return {
    get: (idScope, registrationId, operationId) =>
      access.get(OPERATIONS, addressOf(idScope, registrationId, operationId)),
    put: (operation) => {
      const { idScope, registrationId, operationId } = operation;
      return access.put(OPERATIONS, addressOf(idScope, registrationId, operationId), operation, []);
    },
    delete: (idScope, registrationId, operationId) =>
      access.delete(OPERATIONS, addressOf(idScope, registrationId, operationId)),
  };
}

function addressOf(idScope: string, registrationId: string, operationId: string): string {
  return `${registrationAddress(idScope, registrationId)}/${operationId}`;
}
