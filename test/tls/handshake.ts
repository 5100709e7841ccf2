/** One server with the emulator's options, and clients that verify it. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls, { type ConnectionOptions, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { CertificateAuthority } from '../../emulator/tls/ca.ts';
import { ensureLeaf } from '../../emulator/tls/leaf.ts';
import { tlsServerOptions } from '../../emulator/tls/server-options.ts';

export interface TestServer {
  readonly port: number;
  /** What the server saw of its clients: the common names of each one's chain, leaf first. */
  readonly clientChains: readonly (readonly string[])[];
}

export async function startServer(ca: CertificateAuthority, names: readonly string[]): Promise<TestServer> {
  const clientChains: string[][] = [];
  const server = tls.createServer(
    tlsServerOptions({ leaf: await ensureLeaf(ca, names), offer: 'service-and-1.3' }),
    (socket) => {
      clientChains.push(commonNames(socket.getPeerCertificate(true)));
      socket.on('error', () => socket.destroy());
      socket.end('hello');
    },
  );
  // A client that refuses the certificate hangs up in the middle of the handshake.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => new Promise<void>((done) => server.close(() => done())));
  return { port: (server.address() as AddressInfo).port, clientChains };
}

export interface Handshake {
  readonly protocol: string | null;
  readonly isResumed: boolean;
  readonly session: Buffer | undefined;
}

/** Connects, reads to the end (by then every session ticket has arrived) and rejects with the client's error. */
export async function handshake(port: number, options: ConnectionOptions): Promise<Handshake> {
  const socket = tls.connect({ host: '127.0.0.1', port, ...options });
  try {
    return await readToEnd(socket);
  } finally {
    socket.destroy();
  }
}

async function readToEnd(socket: TLSSocket): Promise<Handshake> {
  let session: Buffer | undefined;
  socket.on('session', (received: Buffer) => {
    session = received;
  });
  await once(socket, 'secureConnect');
  const [protocol, isResumed] = [socket.getProtocol(), socket.isSessionReused()];
  const ended = once(socket, 'end');
  socket.resume();
  await ended;
  return { protocol, isResumed, session: session ?? socket.getSession() };
}

function commonNames(certificate: DetailedPeerCertificate): string[] {
  const names: string[] = [];
  let current: DetailedPeerCertificate | undefined = certificate;
  // A self-signed certificate is its own issuer; a client without a certificate is an empty object.
  while (current?.subject !== undefined && String(current.subject.CN) !== names.at(-1)) {
    names.push(String(current.subject.CN));
    current = current.issuerCertificate;
  }
  return names;
}
