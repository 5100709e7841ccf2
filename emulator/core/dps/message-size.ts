/** The service's limit on a message; every transport holds to it before it makes a call. */
import { DpsError } from '../errors.ts';

/** [dps-service-behaviour §6] */
export const MESSAGE_BYTES_MAX = 96 * 1024;

/** What the device reads is not on record; it is the same on every transport. */
export function messageTooLarge(): DpsError {
  return new DpsError('RequestInvalid', { reason: `the body is larger than ${MESSAGE_BYTES_MAX} bytes` });
}
