/** What the real service offers, and what options let the emulator offer besides; and the names of what clients offer. */
import type { TlsOptions } from 'node:tls';

/**
 * TLS 1.2 with the eight suites that the service's documentation lists, in either kind of certificate.
 * [learn.microsoft.com/azure/iot-dps/tls-support; found A20]
 */
const PUBLISHED: ReadonlyMap<number, string> = new Map([
  [0xc02b, 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  [0xc02c, 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  [0xc02f, 'ECDHE-RSA-AES128-GCM-SHA256'],
  [0xc030, 'ECDHE-RSA-AES256-GCM-SHA384'],
  [0xc023, 'ECDHE-ECDSA-AES128-SHA256'],
  [0xc024, 'ECDHE-ECDSA-AES256-SHA384'],
  [0xc027, 'ECDHE-RSA-AES128-SHA256'],
  [0xc028, 'ECDHE-RSA-AES256-SHA384'],
]);

/** Names of suites are OpenSSL's. */
export const PUBLISHED_SUITES: readonly string[] = [...PUBLISHED.values()];

export function isPublishedSuite(suite: number): boolean {
  return PUBLISHED.has(suite);
}

/** Those of TLS 1.3 go with either kind of certificate. */
export function isEcdsaSuite(suite: number): boolean {
  return suite >> 8 === 0x13 || PUBLISHED.get(suite)?.startsWith('ECDHE-ECDSA-') === true;
}

/** `ecdsa_secp256r1_sha256` and the like. [RFC 8446 §4.2.3] */
export function isEcdsaSignature(scheme: number): boolean {
  return (scheme & 0xff) === 3;
}

const PUBLISHED_CIPHERS = PUBLISHED_SUITES.join(':');
const TLS_13_CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

type Offer = Pick<TlsOptions, 'minVersion' | 'maxVersion' | 'ciphers'>;

/** By the value of the option `tls`. */
export const TLS_OFFERS = {
  service: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: PUBLISHED_CIPHERS },
  'service-and-1.3': {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: `${TLS_13_CIPHERS}:${PUBLISHED_CIPHERS}`,
  },
  // Security level 0: OpenSSL 3 knows TLS 1.0 and 1.1, SHA-1 and short keys at no other.
  any: { minVersion: 'TLSv1', maxVersion: 'TLSv1.3', ciphers: `${TLS_13_CIPHERS}:ALL:@SECLEVEL=0` },
} as const satisfies Record<string, Offer>;

export type TlsOffer = keyof typeof TLS_OFFERS;

/** Others that devices are known to offer, so that an entry can name them. */
const OTHER_SUITES: Readonly<Record<number, string>> = {
  5: 'RC4-SHA',
  10: 'DES-CBC3-SHA',
  47: 'AES128-SHA',
  51: 'DHE-RSA-AES128-SHA',
  53: 'AES256-SHA',
  57: 'DHE-RSA-AES256-SHA',
  60: 'AES128-SHA256',
  61: 'AES256-SHA256',
  103: 'DHE-RSA-AES128-SHA256',
  107: 'DHE-RSA-AES256-SHA256',
  140: 'PSK-AES128-CBC-SHA',
  156: 'AES128-GCM-SHA256',
  157: 'AES256-GCM-SHA384',
  158: 'DHE-RSA-AES128-GCM-SHA256',
  159: 'DHE-RSA-AES256-GCM-SHA384',
  168: 'PSK-AES128-GCM-SHA256',
  174: 'PSK-AES128-CBC-SHA256',
  4865: 'TLS_AES_128_GCM_SHA256',
  4866: 'TLS_AES_256_GCM_SHA384',
  4867: 'TLS_CHACHA20_POLY1305_SHA256',
  4868: 'TLS_AES_128_CCM_SHA256',
  4869: 'TLS_AES_128_CCM_8_SHA256',
  49161: 'ECDHE-ECDSA-AES128-SHA',
  49162: 'ECDHE-ECDSA-AES256-SHA',
  49171: 'ECDHE-RSA-AES128-SHA',
  49172: 'ECDHE-RSA-AES256-SHA',
  49320: 'PSK-AES128-CCM8',
  49324: 'ECDHE-ECDSA-AES128-CCM',
  49326: 'ECDHE-ECDSA-AES128-CCM8',
  52392: 'ECDHE-RSA-CHACHA20-POLY1305',
  52393: 'ECDHE-ECDSA-CHACHA20-POLY1305',
};

export function suiteName(suite: number): string {
  return PUBLISHED.get(suite) ?? OTHER_SUITES[suite] ?? `0x${suite.toString(16).padStart(4, '0')}`;
}

const VERSIONS: Readonly<Record<number, string>> = {
  768: 'SSL 3.0',
  769: 'TLS 1.0',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
};

export function versionName(version: number): string {
  return VERSIONS[version] ?? `version 0x${version.toString(16).padStart(4, '0')}`;
}

const CURVES: Readonly<Record<number, string>> = {
  19: 'P-192',
  21: 'P-224',
  23: 'P-256',
  24: 'P-384',
  25: 'P-521',
  29: 'X25519',
  30: 'X448',
};

export function curveName(curve: number): string {
  return CURVES[curve] ?? `group ${curve}`;
}
