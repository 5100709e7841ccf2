/** What DPS makes of an answer, and what the device sees then; read by the emulator's own code. */

import { cSdkResult } from '../../device/c-sdk-result.ts';
import {
  type AllocationResult,
  type Assumptions,
  decideRetry,
  RETRIES_MAX,
  readCustomAnswer,
  type WebhookOutcome,
} from '../../emulator/service-door.ts';
import type { RegistrationOperationStatus } from '../../emulator/wire/registration.ts';
import { twinFaults } from '../../emulator/wire/twin-limits.ts';
import type { Shape } from './shape.ts';

import type { DeviceView, DpsView } from './verdict.ts';

interface Views {
  readonly dps: DpsView;
  readonly device: DeviceView;
}

/** Any operation id will do: the C SDK only looks whether there is one. */
const OPERATION_ID = '5.316aac5bdc130deb.b1e02da8-0000-4000-8000-000000000000';

export function viewsOf(shape: Shape, outcome: WebhookOutcome, assumptions: Assumptions): Views {
  const retry = decideRetry(outcome, 1, assumptions);
  const result = afterTwin(shape, readCustomAnswer(outcome, shape.linkedHubs, assumptions));
  if (retry.kind === 'retry') {
    const end = result.kind === 'failed' ? `${result.errorCode} (${result.errorMessage})` : 'assigned';
    return {
      dps: {
        outcome: 'retried',
        reason: `${retry.because}: DPS asks again, up to ${RETRIES_MAX} times in 415 s; if nothing changes, ${end}`,
      },
      device: seenByDevice(202, { operationId: OPERATION_ID, status: 'assigning' }),
    };
  }
  const { registrationId } = shape;
  if (result.kind === 'failed') {
    const { errorCode, errorMessage, reason } = result;
    const registrationState = { registrationId, status: 'failed', errorCode, errorMessage } as const;
    return {
      dps: { outcome: codeOf(errorCode), reason },
      device: seenByDevice(200, { operationId: OPERATION_ID, status: 'failed', registrationState }),
    };
  }
  const deviceId = shape.current?.deviceId ?? shape.record.deviceId ?? registrationId;
  const registrationState = { registrationId, assignedHub: result.hub, deviceId, status: 'assigned' } as const;
  return {
    dps: { outcome: 'assigned', reason: `the device goes to ${result.hub}` },
    device: seenByDevice(200, { operationId: OPERATION_ID, status: 'assigned', registrationState }),
  };
}

function codeOf(errorCode: number): DpsView['outcome'] {
  if (errorCode === 400208) return '400208';
  return errorCode === 400209 ? '400209' : '400207';
}

function seenByDevice(httpStatus: 200 | 202, body: RegistrationOperationStatus): DeviceView {
  const accepted = { operationId: OPERATION_ID, status: 'assigning' };
  const seen = cSdkResult({
    transport: 'mqtt',
    replies: [
      { step: 'register', status: 202, body: JSON.stringify(accepted) },
      { step: 'poll', status: httpStatus, body: JSON.stringify(body) },
    ],
  });
  const { assignedHub, errorCode, errorMessage } = body.registrationState ?? {};
  return {
    status: body.status === 'assigned' || body.status === 'failed' ? body.status : 'assigning',
    ...(assignedHub !== undefined && { assignedHub }),
    ...(errorCode !== undefined && { errorCode }),
    ...(errorMessage !== undefined && { errorMessage }),
    cSdkResult: seen.result,
  };
}

/** A twin that the hub refuses fails the registration, where a twin is written at all. [dps-service-behaviour §1.5, §6] */
function afterTwin(shape: Shape, result: AllocationResult): AllocationResult {
  if (result.kind === 'failed' || result.initialTwin === undefined || !isTwinWritten(shape, result.hub)) return result;
  const faults = twinFaults(result.initialTwin);
  if (faults.length === 0) return result;
  return {
    kind: 'failed',
    errorCode: 400207,
    errorMessage: 'Custom allocation failed: the hub refused the initial twin.',
    reason: `the hub refuses the initial twin: ${faults.join('; ')}`,
  };
}

/** At the first assignment, and at a move without migration. */
function isTwinWritten({ current, record }: Shape, hub: string): boolean {
  if (current === undefined) return true;
  const migrates = record.reprovisionPolicy?.migrateDeviceData ?? true;
  return current.hub.toLowerCase() !== hub.toLowerCase() && !migrates;
}
