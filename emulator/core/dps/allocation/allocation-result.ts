/** What allocation comes to: a hub, or an error that is stored on the registration. */
import { ERRORS, type ErrorName } from '../../errors.ts';
import type { Allocated } from '../../store/operations.ts';

export type AllocationResult =
  | ({ readonly kind: 'allocated' } & Allocated)
  | {
      readonly kind: 'failed';
      readonly errorCode: number;
      /** What the device reads. */
      readonly errorMessage: string;
      /** What only the user of the emulator reads. */
      readonly reason: string;
    };

export function allocationFailed(error: ErrorName, reason: string, message?: string): AllocationResult {
  return {
    kind: 'failed',
    errorCode: ERRORS[error].errorCode,
    errorMessage: message ?? ERRORS[error].message,
    reason,
  };
}
