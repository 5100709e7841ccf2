/** How an enrollment says what its devices must prove: shapes of the service API and of the set-up document. */

/** Certificates: what the service computes from them is kept beside them. [dps-service-behaviour §3.2] */
export interface X509CertificateInfo {
  readonly subjectName: string;
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
  readonly issuerName: string;
  readonly notBeforeUtc: string;
  readonly notAfterUtc: string;
  readonly serialNumber: string;
  readonly version: number;
}

export interface X509CertificateWithInfo {
  /** PEM, or the base64 of DER, as it was given. */
  readonly certificate: string;
  readonly info: X509CertificateInfo;
}

/** A record has a primary, a secondary, or both. */
export interface Pair<T> {
  readonly primary?: T;
  readonly secondary?: T;
}

/** Exactly one member: certificates of one device, certificates that sign devices', or names of uploaded authorities. */
export interface X509Attestation {
  readonly clientCertificates?: Pair<X509CertificateWithInfo>;
  readonly signingCertificates?: Pair<X509CertificateWithInfo>;
  readonly caReferences?: Pair<string>;
}

export interface TpmAttestation {
  readonly endorsementKey: string;
  readonly storageRootKey?: string;
}

export interface SymmetricKeys {
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

export type Attestation =
  | { readonly type: 'symmetricKey'; readonly symmetricKey: SymmetricKeys }
  /** Stored and answered; devices that use them are refused, see `attestation-not-emulated`. */
  | { readonly type: 'x509'; readonly x509: X509Attestation }
  | { readonly type: 'tpm'; readonly tpm: TpmAttestation }
  | { readonly type: 'none' };

export type AttestationType = Attestation['type'];
export const ATTESTATION_TYPES = ['symmetricKey', 'x509', 'tpm', 'none'] as const satisfies readonly AttestationType[];

/** As a writer gives it: keys that are left out are generated, `info` is computed. */
export interface GivenAttestation {
  readonly type: AttestationType;
  readonly symmetricKey?: Partial<SymmetricKeys>;
  readonly x509?: {
    readonly clientCertificates?: Pair<Partial<X509CertificateWithInfo>>;
    readonly signingCertificates?: Pair<Partial<X509CertificateWithInfo>>;
    readonly caReferences?: Pair<string>;
  };
  readonly tpm?: Partial<TpmAttestation>;
}

const text = { type: 'string' } as const;

const pairOf = <T extends object>(schema: T) =>
  ({ type: 'object', properties: { primary: schema, secondary: schema }, additionalProperties: false }) as const;

const certificatesSchema = pairOf({
  type: 'object',
  properties: { certificate: text, info: { type: 'object' } },
  additionalProperties: false,
} as const);

export const AttestationSchema = {
  type: 'object',
  required: ['type'],
  properties: {
    type: { enum: ATTESTATION_TYPES },
    symmetricKey: {
      type: 'object',
      properties: { primaryKey: text, secondaryKey: text },
      additionalProperties: false,
    },
    x509: {
      type: 'object',
      properties: {
        clientCertificates: certificatesSchema,
        signingCertificates: certificatesSchema,
        caReferences: pairOf(text),
      },
      additionalProperties: false,
    },
    tpm: {
      type: 'object',
      properties: { endorsementKey: text, storageRootKey: text },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const;
