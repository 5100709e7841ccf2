/** Symmetric keys as both sides of the wire use them: base64 texts that sign, and that a group derives for its devices. */
import { createHmac } from 'node:crypto';

/** `base64(HMAC-SHA256(base64decode(groupKey), registrationId))`; the id counts exactly as the device sends it. [dps-device-protocol §4] */
export function deriveDeviceKey(groupKeyBase64: string, registrationId: string): string {
  return signed(groupKeyBase64, registrationId).toString('base64');
}

/** HMAC-SHA256 with a key in base64. */
export function signed(keyBase64: string, text: string): Buffer {
  return createHmac('sha256', Buffer.from(keyBase64, 'base64')).update(text, 'utf8').digest();
}

/** Decodes strict base64; `undefined` for anything else. */
export function decodeBase64(text: string): Buffer | undefined {
  return base64Bytes(text) === undefined ? undefined : Buffer.from(text, 'base64');
}

/** How many bytes strict base64 stands for, without decoding it; `undefined` for anything else. */
export function base64Bytes(text: string): number | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}
