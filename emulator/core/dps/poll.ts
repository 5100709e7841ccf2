/** Operation status, the poll: 202 while assigning, 200 with whatever state the operation ended in. */
import type { RegistrationOperationStatus } from '../../wire/registration.ts';
import { DpsError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { OperationRecord } from '../store/operations.ts';
import type { AdmittedVerdict } from './attestation/attest.ts';
import { authenticate, type CheckedCall } from './checks.ts';
import type { OperationAnswer } from './register.ts';
import { renderOperation } from './render.ts';

export async function operationStatus(
  checked: CheckedCall,
  operationId: string | undefined,
  ports: Ports,
): Promise<OperationAnswer> {
  const { call, apiVersion } = checked;
  const verdict = await authenticate(checked, ports);
  if (!operationId) throw new DpsError('RequestInvalid', { reason: 'the parameter operationId is required' });
  const operation = await ports.operations.get(call.idScope, call.registrationId, operationId);
  const expired = operation !== undefined && isExpired(await successorOf(operation, ports), ports);
  if (operation === undefined || expired) {
    const reason = expired
      ? 'the life-time of the operation is over'
      : `there is no operation "${operationId.slice(0, 160)}"`;
    throw new DpsError('OperationNotFound', { reason });
  }
  const isForgotten = operation.isSuperseded && ports.settings.assumptions['superseded-operation'] === '404203';
  if (isForgotten) throw new DpsError('OperationNotFound', { reason: 'a newer register has superseded the operation' });
  if (answersDisabled(verdict, ports)) return { status: 200, body: disabledBody(operationId, call.registrationId) };
  const record = operation.outcome ?? (await ports.registrations.get(call.idScope, call.registrationId));
  if (record === undefined)
    throw new DpsError('OperationNotFound', { reason: 'the registration has just been deleted' });
  const body = renderOperation(operationId, record, { apiVersion, ...ports.settings });
  return { status: record.status === 'assigning' ? 202 : 200, body };
}

/**
 * An enrollment that was disabled after the register also blocks the poll. A barred device always is: the keys of its
 * individual enrollment were never looked at, so nothing else may be told.
 */
export function answersDisabled({ kind, enrollment }: AdmittedVerdict, ports: Ports): boolean {
  if (kind === 'barred') return true;
  const isDisabled = enrollment.record.provisioningStatus === 'disabled';
  return isDisabled && ports.settings.assumptions['disabled-poll'] === 'disabled';
}

function disabledBody(operationId: string, registrationId: string): RegistrationOperationStatus {
  return { operationId, status: 'disabled', registrationState: { registrationId, status: 'disabled' } };
}

/** A superseded operation answers for the one that has taken its place, and lives as long. */
async function successorOf(operation: OperationRecord, ports: Ports): Promise<OperationRecord> {
  if (!operation.isSuperseded) return operation;
  const { idScope, registrationId } = operation;
  const latest = (await ports.registrations.get(idScope, registrationId))?.operationId;
  return (latest && (await ports.operations.get(idScope, registrationId, latest))) || operation;
}

/** Counts from the conclusion and is computed when it is read, so nothing periodic runs. */
function isExpired(operation: OperationRecord, ports: Ports): boolean {
  if (operation.concludedMs === undefined) return false;
  return ports.clock.now() - operation.concludedMs > ports.settings.operationLifetimeSeconds * 1000;
}
