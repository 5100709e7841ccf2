/** What a register request carries on every transport: the body and the token. */
import type { DeviceOptions } from './device.ts';
import { makeDeviceSas } from './sas.ts';

/** `payload` only when the device has one, as Node and C do. [dps-device-protocol §1.3, §6.1] */
export function registerBody({ registrationId, payload }: DeviceOptions): string {
  return JSON.stringify({ registrationId, ...(payload === undefined ? {} : { payload }) });
}

export function sasOf(options: DeviceOptions): string {
  const { idScope, registrationId, key, sasResource, sasSpelling, sasTtlSeconds } = options;
  return makeDeviceSas({
    idScope,
    registrationId,
    key,
    ...(sasSpelling === undefined ? {} : { spelling: sasSpelling }),
    ...(sasResource === undefined ? {} : { resource: sasResource }),
    ...(sasTtlSeconds === undefined ? {} : { ttlSeconds: sasTtlSeconds }),
  });
}

/** Seconds in plain decimals; no SDK understands anything else. [dps-device-protocol §1.4] */
export function readRetryAfter(text: string | null | undefined): { readonly retryAfterSeconds?: number } {
  return text !== null && text !== undefined && /^\d+$/.test(text) ? { retryAfterSeconds: Number(text) } : {};
}
