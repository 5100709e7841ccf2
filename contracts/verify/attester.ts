/** What a device would have proved, for each attestation: of this the request's `deviceRuntimeContext` is made. */
import { createHash, webcrypto } from 'node:crypto';
import type { Proven } from '../../emulator/service-door.ts';
import type { AttestationType } from './shape.ts';

export type Attester = (type: AttestationType, registrationId: string) => Promise<Proven>;

/** Certificates are made once per id, so that the same request again is the same bytes. */
export function createAttester(): Attester {
  const certificates = new Map<string, Promise<string>>();
  return async (type, registrationId) => {
    switch (type) {
      case 'symmetricKey':
        return { kind: 'symmetricKey', which: 'primary', keys: { primaryKey: '', secondaryKey: '' } };
      case 'x509': {
        const certificate = certificates.get(registrationId) ?? clientCertificate(registrationId);
        certificates.set(registrationId, certificate);
        return {
          kind: 'x509',
          subject: registrationId,
          // Thumbprints are not part of the request.
          thumbprints: { sha1: '', sha256: '' },
          chain: [await certificate],
        };
      }
      case 'tpm':
        return {
          kind: 'tpm',
          endorsementKey: tpmKey('EK', registrationId),
          storageRootKey: tpmKey('SRK', registrationId),
        };
    }
  };
}

const HOUR_MS = 60 * 60 * 1000;

/** Base64 of the DER of a leaf whose common name is the registration id. [dps-service-behaviour §1.3, §3.3] */
async function clientCertificate(registrationId: string): Promise<string> {
  await import('reflect-metadata');
  const { X509CertificateGenerator, cryptoProvider } = await import('@peculiar/x509');
  cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const nowMs = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [registrationId] }],
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    notBefore: new Date(nowMs - HOUR_MS),
    notAfter: new Date(nowMs + 24 * HOUR_MS),
  });
  return Buffer.from(certificate.rawData).toString('base64');
}

/** TPM2B_PUBLIC of the TCG's default RSA-2048 templates, up to the modulus. */
const TPM_HEADERS = {
  EK: '013a0001000b000300b20020837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa00060080004300100800000000000100',
  SRK: '011a0001000b00030072000000060080004300100800000000000100',
} as const;
const MODULUS_BYTES = 256;

function tpmKey(kind: keyof typeof TPM_HEADERS, registrationId: string): string {
  const blocks = Array.from({ length: MODULUS_BYTES / 32 }, (_, index) =>
    createHash('sha256').update(`${kind} ${index} ${registrationId}`).digest(),
  );
  return Buffer.concat([Buffer.from(TPM_HEADERS[kind], 'hex'), ...blocks]).toString('base64');
}
