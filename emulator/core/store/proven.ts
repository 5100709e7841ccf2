/** What a device has proved, by attestation. Allocation, webhook, hub, answer and journal have a branch for each. */
import type { SymmetricKeys } from '../../wire/attestation.ts';
import type { Evidence } from '../../wire/journal-entry.ts';

export type Proven =
  | {
      readonly kind: 'symmetricKey';
      readonly which: 'primary' | 'secondary';
      /** The enrollment's own, or derived from its group's. */
      readonly keys: SymmetricKeys;
    }
  | {
      readonly kind: 'x509';
      /** Of the leaf, upper-case hex. */
      readonly thumbprints: { readonly sha1: string; readonly sha256: string };
      /** Base64 of DER, the leaf first. */
      readonly chain: readonly string[];
      /** Common name of the leaf. */
      readonly subject: string;
      /** The group whose certificate signed the chain; absent for the certificate of one device. */
      readonly enrollmentGroupId?: string;
    }
  | { readonly kind: 'tpm'; readonly endorsementKey: string; readonly storageRootKey: string | undefined };

/** What the journal tells of it: which key or certificate, and never a secret. `undefined`: nothing was looked at. */
export function evidenceOf(proven: Proven | undefined): Evidence {
  switch (proven?.kind) {
    case undefined:
      return { key: 'none' };
    case 'symmetricKey':
      return { key: proven.which };
    case 'x509':
      return { certificate: { subject: proven.subject, sha256Thumbprint: proven.thumbprints.sha256 } };
    case 'tpm':
      return { endorsementKey: proven.endorsementKey };
  }
}
