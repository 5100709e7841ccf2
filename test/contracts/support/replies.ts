/** Bodies as the service sends them. [dps-device-protocol §1.5] */
import type { Answer } from './scripted-dps.ts';

export const OPERATION_ID = '4.0011223344556677.12345678-1234-1234-1234-123456789abc';

export const ASSIGNING = { operationId: OPERATION_ID, status: 'assigning' };

export const ASSIGNED = {
  operationId: OPERATION_ID,
  status: 'assigned',
  registrationState: {
    registrationId: 'dev1',
    assignedHub: 'hub.azure-devices.net',
    deviceId: 'dev1',
    status: 'assigned',
    substatus: 'initialAssignment',
    payload: { a: 'b' },
  },
};

export const DISABLED = {
  operationId: OPERATION_ID,
  status: 'disabled',
  registrationState: { registrationId: 'dev1', status: 'disabled' },
};

export function failedWith(errorCode: number) {
  const errorMessage = 'Custom allocation failed with status code: 400';
  const registrationState = { registrationId: 'dev1', status: 'failed', errorCode, errorMessage };
  return { operationId: OPERATION_ID, status: 'failed', registrationState };
}

export function errorBody(errorCode: number, message = 'Unauthorized') {
  const trackingId = '8ad0463c-6427-4479-9dfa-3e8bb7003e9b';
  return { errorCode, trackingId, message, timestampUtc: '2026-01-01T00:00:00.0000000Z' };
}

export const accepted = { status: 202, body: ASSIGNING, retryAfterSeconds: 3 } as const satisfies Answer;
export const done = { status: 200, body: ASSIGNED } as const satisfies Answer;

/** The answers in this order, the last one for ever. */
export function inOrder(...answers: readonly [Answer, ...Answer[]]): (asked: { readonly ordinal: number }) => Answer {
  return ({ ordinal }) => answers[Math.min(ordinal, answers.length - 1)] ?? 'silence';
}
