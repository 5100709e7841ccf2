/** What a register request carries on every transport: the body and the token. */

import { makeDeviceSas } from '../emulator/wire/device-sas.ts';
import type { DeviceOptions } from './device.ts';

/** `payload` only when the device has one, as Node and C do. [dps-device-protocol §1.3, §6.1] */
export function registerBody({ registrationId, payload, body }: DeviceOptions): string {
  return body ?? JSON.stringify({ registrationId, ...(payload === undefined ? {} : { payload }) });
}

export function sasOf(options: DeviceOptions): string {
  const { idScope, registrationId, key, sasResource, sasSpelling, sasTtlSeconds } = options;
  const token = {
    idScope,
    registrationId,
    key,
    spelling: sasSpelling,
    resource: sasResource,
    ttlSeconds: sasTtlSeconds,
  };
  return makeDeviceSas(token, Date.now());
}

/** Seconds in plain decimals; no SDK understands anything else. [dps-device-protocol §1.4] */
export function readRetryAfter(text: string | null | undefined): { readonly retryAfterSeconds?: number } {
  return text !== null && text !== undefined && /^\d+$/.test(text) ? { retryAfterSeconds: Number(text) } : {};
}
