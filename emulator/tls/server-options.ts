/** The options with which every TLS listener of the emulator is created. */
import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import type { ServerLeaf } from './leaf.ts';

/**
 * For `tls.createServer` and `https.createServer`. There is no `ca` among them on purpose: Node would send its name in the
 * request for a client certificate, and clients that heed the list (Java, Windows) would keep back certificates of other CAs.
 */
export function tlsServerOptions({ leaf }: { readonly leaf: ServerLeaf }) {
  return {
    cert: leaf.chainPem,
    key: leaf.keyPem,
    // Python's and Java's SDKs speak nothing newer. [dps-device-protocol §8]
    minVersion: 'TLSv1.2',
    // X.509 and symmetric-key devices share a port, and whether a chain belongs to an enrollment is decided by the service's
    // attestation: the TLS layer asks, and takes any answer. [building-blocks TLS]
    requestCert: true,
    rejectUnauthorized: false,
    // In a resumed session the server sees the client's leaf without its chain, so an X.509 group would fail from the second
    // connection on. Without tickets there is nothing to resume from: Node keeps no session cache. [building-blocks TLS]
    secureOptions: constants.SSL_OP_NO_TICKET,
  } as const satisfies TlsOptions;
}
