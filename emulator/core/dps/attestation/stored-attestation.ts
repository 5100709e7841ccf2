/** From an attestation as a writer gives it to the one that is stored: keys generated, `info` computed, faults named. */
import type {
  Attestation,
  GivenAttestation,
  Pair,
  SymmetricKeys,
  X509CertificateWithInfo,
} from '../../../wire/attestation.ts';
import { base64Bytes } from '../../../wire/symmetric-key.ts';
import { certificateInfo } from './certificate-info.ts';

export interface AttestationFault {
  /** Below `attestation`: `symmetricKey.primaryKey`; empty for the attestation as a whole. */
  readonly path: string;
  readonly rule: string;
}

export interface AttestationContext {
  readonly enrollmentKind: 'individual' | 'group';
  readonly generateKey: (which: 'primary' | 'secondary') => string;
  /** What the enrollment has now: keys and certificates that an update leaves out are kept. */
  readonly previous?: Attestation | undefined;
}

export type AttestationOutcome =
  | { readonly kind: 'stored'; readonly attestation: Attestation }
  | { readonly kind: 'faulty'; readonly faults: readonly AttestationFault[] };

export function storedAttestation(given: GivenAttestation, context: AttestationContext): AttestationOutcome {
  switch (given.type) {
    case 'symmetricKey':
      return storedKeys(given, context);
    case 'x509':
      return storedCertificates(given, context);
    case 'tpm':
      return storedTpm(given, context);
    case 'none':
      return { kind: 'stored', attestation: { type: 'none' } };
  }
}

/** A key is the base64 of 16 to 64 bytes. [dps-service-behaviour §3.3] */
function storedKeys({ symmetricKey = {} }: GivenAttestation, context: AttestationContext): AttestationOutcome {
  const old = context.previous?.type === 'symmetricKey' ? context.previous.symmetricKey : undefined;
  const keyOf = (which: 'primary' | 'secondary', name: keyof SymmetricKeys): string =>
    symmetricKey[name] ?? old?.[name] ?? context.generateKey(which);
  const keys = { primaryKey: keyOf('primary', 'primaryKey'), secondaryKey: keyOf('secondary', 'secondaryKey') };
  const faults = Object.entries(keys).flatMap(([name, key]) => {
    const bytes = base64Bytes(key) ?? 0;
    const isFit = bytes >= 16 && bytes <= 64;
    return isFit ? [] : [{ path: `symmetricKey.${name}`, rule: 'must be the base64 of 16 to 64 bytes' }];
  });
  if (faults.length > 0) return { kind: 'faulty', faults };
  return { kind: 'stored', attestation: { type: 'symmetricKey', symmetricKey: keys } };
}

const X509_MEMBERS = ['clientCertificates', 'signingCertificates', 'caReferences'] as const;

function storedCertificates({ x509 = {} }: GivenAttestation, context: AttestationContext): AttestationOutcome {
  const [member, ...others] = X509_MEMBERS.filter((name) => x509[name] !== undefined);
  if (member === undefined || others.length > 0) {
    return faulty('x509', `must have exactly one of ${X509_MEMBERS.join(', ')}`);
  }
  // Which certificate fits which enrollment: dps-service-behaviour §3.2.
  const foreign = context.enrollmentKind === 'individual' ? 'signingCertificates' : 'clientCertificates';
  if (member === foreign) {
    const owner = context.enrollmentKind === 'individual' ? 'an enrollment group' : 'an individual enrollment';
    return faulty(`x509.${member}`, `belongs to ${owner}`);
  }
  if (member === 'caReferences') {
    const names = x509.caReferences ?? {};
    if (!names.primary && !names.secondary) return faulty('x509.caReferences', 'must name a primary or a secondary');
    return { kind: 'stored', attestation: { type: 'x509', x509: { caReferences: names } } };
  }
  const old = context.previous?.type === 'x509' ? context.previous.x509[member] : undefined;
  const pair = storedPair(x509[member] ?? {}, old, `x509.${member}`);
  if ('rule' in pair) return { kind: 'faulty', faults: [pair] };
  return { kind: 'stored', attestation: { type: 'x509', x509: { [member]: pair } } };
}

function storedPair(
  given: Pair<Partial<X509CertificateWithInfo>>,
  old: Pair<X509CertificateWithInfo> | undefined,
  path: string,
): Pair<X509CertificateWithInfo> | AttestationFault {
  const stored: { primary?: X509CertificateWithInfo; secondary?: X509CertificateWithInfo } = {};
  for (const which of ['primary', 'secondary'] as const) {
    const one = given[which];
    if (one === undefined) continue;
    // What a get showed comes back in an update as its `info` alone.
    const isOld = !one.certificate && one.info?.sha256Thumbprint === old?.[which]?.info.sha256Thumbprint;
    const certificate = one.certificate || (isOld ? old?.[which]?.certificate : undefined);
    if (!certificate) return { path: `${path}.${which}.certificate`, rule: 'is required' };
    const info = certificateInfo(certificate);
    if (info === undefined) {
      return { path: `${path}.${which}.certificate`, rule: 'must be a certificate: PEM, or the base64 of DER or PEM' };
    }
    stored[which] = { certificate, info };
  }
  if (stored.primary === undefined && stored.secondary === undefined) {
    return { path, rule: 'must have a primary or a secondary' };
  }
  return stored;
}

function storedTpm({ tpm = {} }: GivenAttestation, context: AttestationContext): AttestationOutcome {
  if (context.enrollmentKind === 'group') return faulty('type', 'cannot be "tpm" for an enrollment group');
  const { endorsementKey, storageRootKey } = tpm;
  if (!endorsementKey) return faulty('tpm.endorsementKey', 'is required');
  if ((base64Bytes(endorsementKey) ?? 0) === 0) return faulty('tpm.endorsementKey', 'must be base64');
  const attestation = { type: 'tpm', tpm: { endorsementKey, ...(storageRootKey && { storageRootKey }) } } as const;
  return { kind: 'stored', attestation };
}

function faulty(path: string, rule: string): AttestationOutcome {
  return { kind: 'faulty', faults: [{ path, rule }] };
}
