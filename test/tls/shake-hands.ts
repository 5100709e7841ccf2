/** One handshake with a port of an emulator: what was agreed on, and which certificate was shown. */
import { once } from 'node:events';
import { type ConnectionOptions, connect } from 'node:tls';

export interface Hands {
  readonly version: string | null;
  /** As OpenSSL calls it. */
  readonly suite: string;
  readonly key: string;
  readonly isTrusted: boolean;
}

/** Rejects with the client's error. */
export async function shakeHands(options: ConnectionOptions): Promise<Hands> {
  const socket = connect({ host: '127.0.0.1', ...options });
  try {
    await once(socket, 'secureConnect');
    const { asn1Curve, bits } = socket.getPeerCertificate();
    return {
      version: socket.getProtocol(),
      suite: socket.getCipher().name,
      key: asn1Curve === undefined ? `RSA ${bits}` : asn1Curve.replace('prime256v1', 'P-256'),
      isTrusted: socket.authorized,
    };
  } finally {
    socket.destroy();
  }
}
