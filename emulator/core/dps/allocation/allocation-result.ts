/** What allocation comes to: a hub, or an error that is stored on the registration. */
import type { InitialTwin, JsonObject } from '../../../wire/twin.ts';
import { ERRORS, type ErrorName } from '../../errors.ts';

export type AllocationResult =
  | {
      readonly kind: 'allocated';
      readonly hub: string;
      readonly initialTwin?: InitialTwin;
      readonly payload?: JsonObject;
    }
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
