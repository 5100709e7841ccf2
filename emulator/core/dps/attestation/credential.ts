/** Who a request says it is from, whatever the transport, and the reasons for not believing it. */

export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'sas'; readonly token: string }
  /** A client certificate was shown and no token; X.509 attestation takes its place here. */
  | { readonly kind: 'x509'; readonly subject: string };

/** Seen by the user of the emulator; the device only sees 401. */
export type RefusalReason =
  | 'no-credential'
  | 'malformed-token'
  | 'expired'
  | 'expiry-out-of-range'
  | 'wrong-resource'
  | 'wrong-key-name'
  | 'wrong-key'
  | 'group-key-used-directly'
  | 'unknown-registration'
  | 'attestation-not-emulated';
