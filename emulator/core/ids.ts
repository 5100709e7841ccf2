/** Identifiers derived from (seed, kind, subject, ordinal), so that concurrency cannot reorder them. */
import { hash } from 'node:crypto';

export interface Ids {
  /** `5.<16 hex>.<guid>`. [dps-device-protocol §1.5] */
  operationId(idScope: string, registrationId: string, ordinal: number): string;
  guid(kind: string, subject: string, ordinal: number): string;
  /** `0ne` and eight digits, as the service gives them. [dps-service-behaviour §8.1] */
  idScope(dpsName: string, ordinal: number): string;
  /** A quoted guid whose last group carries the second of the write, as the real records show. [dps-service-behaviour §1.3] */
  etag(kind: string, subject: string, ordinal: number, instantMs: number): string;
  /** A generated symmetric key: 64 bytes, base64. [dps-service-behaviour §3.3] */
  symmetricKey(kind: string, subject: string): string;
}

export function createIds(seed: string | Buffer): Ids {
  // One-shot hashes: a register derives nine ids, and an HMAC object costs five times as much.
  const root = hash('sha512', seed);
  const hex = (kind: string, subject: string, ordinal: number): string =>
    hash('sha512', `${root}\n${kind}\n${subject}\n${ordinal}`);

  return {
    operationId: (idScope, registrationId, ordinal) => {
      const instance = hex('instance', idScope, 0).slice(0, 16);
      return `5.${instance}.${guidFrom(hex('operation', `${idScope}/${registrationId.toLowerCase()}`, ordinal))}`;
    },
    guid: (kind, subject, ordinal) => guidFrom(hex(kind, subject, ordinal)),
    idScope: (dpsName, ordinal) => `0ne00${hex('id-scope', dpsName.toLowerCase(), ordinal).slice(0, 6).toUpperCase()}`,
    etag: (kind, subject, ordinal, instantMs) => {
      const digest = hex(`etag-${kind}`, subject, ordinal);
      // Kept to 32 bits, as wide as the place that the guid has for it.
      const second = (Math.trunc(instantMs / 1000) >>> 0).toString(16).padStart(8, '0');
      return `"${digest.slice(0, 8)}-0000-${digest.slice(8, 10)}00-0000-${second}0000"`;
    },
    symmetricKey: (kind, subject) => Buffer.from(hex(`key-${kind}`, subject, 0), 'hex').toString('base64'),
  };
}

function guidFrom(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const third = `4${hex.slice(13, 16)}`;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${third}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
