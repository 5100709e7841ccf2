/** The options with which every TLS listener of the emulator is created. */
import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import type { ServerLeaf } from './leaf.ts';
import { TLS_OFFERS, type TlsOffer } from './published-suites.ts';

export interface Shown {
  readonly leaf: ServerLeaf;
  /** For clients that know no ECDSA; OpenSSL chooses by what the client offers. */
  readonly rsaLeaf?: ServerLeaf | undefined;
  /** Default: what the real service offers. */
  readonly offer?: TlsOffer;
}

/** A client that sends one byte an hour does not keep its place. */
export const HANDSHAKE_TIMEOUT_MS = 30_000;

/**
 * For `tls.createServer` and `https.createServer`. There is no `ca` among them on purpose: Node would send its name in the
 * request for a client certificate, and clients that heed the list (Java, Windows) would keep back certificates of other CAs.
 */
export function tlsServerOptions({ leaf, rsaLeaf, offer = 'service' }: Shown) {
  const leaves = rsaLeaf === undefined ? [leaf] : [leaf, rsaLeaf];
  return {
    cert: leaves.map(({ chainPem }) => chainPem),
    key: leaves.map(({ keyPem }) => keyPem),
    ...TLS_OFFERS[offer],
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // X.509 and symmetric-key devices share a port, and whether a chain belongs to an enrollment is decided by the service's
    // attestation: the TLS layer asks, and takes any answer. [building-blocks TLS]
    requestCert: true,
    rejectUnauthorized: false,
    // In a resumed session the server sees the client's leaf without its chain, so an X.509 group would fail from the second
    // connection on. Without tickets there is nothing to resume from: Node keeps no session cache. [building-blocks TLS]
    secureOptions: constants.SSL_OP_NO_TICKET,
  } satisfies TlsOptions;
}
