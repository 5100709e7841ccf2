/** What stands before every TLS listener: both kinds of certificate, and an entry for each handshake that comes to nothing. */
import { AsyncResource } from 'node:async_hooks';
import type { Socket } from 'node:net';
import type { Server, TLSSocket, TlsOptions } from 'node:tls';
import type { Connections } from '../core/connections.ts';
import type { Journal } from '../core/journal/journal.ts';
import type { Standing } from '../core/unproved.ts';
import type { Transport } from '../wire/transports.ts';
import { type Opening, readOpening } from './client-hello.ts';
import { closedUnused, type HandshakeFault, handshakeFault } from './handshake-fault.ts';
import { isEcdsaSignature, isEcdsaSuite } from './published-suites.ts';
import { HANDSHAKE_TIMEOUT_MS } from './server-options.ts';

export interface SecurityOptions {
  readonly options: TlsOptions;
  /** Makes the same with the RSA certificate, where there is none yet: it takes long, so the first client that needs it waits. */
  readonly withRsa?: (() => Promise<TlsOptions>) | undefined;
  readonly journal: Pick<Journal, 'record'>;
  /** Who shakes hands counts among those who have proved nothing. */
  readonly connections?: Pick<Connections, 'accept'> | undefined;
  readonly caPath: string;
}

/** Which listener it is, and what is spoken there. */
export interface Watched {
  readonly listener: string;
  readonly transport: Transport;
}

export interface Security {
  /** What every TLS server is created with. */
  readonly options: TlsOptions;
  /** Before the server listens. The returned function ends all its connections, those still shaking hands too. */
  watch(server: Server, watched: Watched): () => void;
}

export function createSecurity({ options, withRsa, journal, connections, caPath }: SecurityOptions): Security {
  const servers: Server[] = [];
  let isComplete = withRsa === undefined;
  let completed: Promise<void> | undefined;
  const complete = (): Promise<void> => {
    completed ??= (withRsa?.() ?? Promise.resolve(options)).then((made) => {
      isComplete = true;
      for (const server of servers) server.setSecureContext(made);
    });
    return completed;
  };
  return {
    options,
    watch: (server, watched) => {
      servers.push(server);
      // Node's own listener, which begins the handshake. Before it, what the client opens with is read.
      const [shakeHands] = server.listeners('connection');
      server.removeAllListeners('connection');
      const asStarted = startersContext();
      const handshakes = createHandshakes({ ...watched, journal, connections, caPath });
      server.on('connection', (socket: Socket) =>
        handshakes.begin(socket, (opening) => {
          const goOn = () => asStarted(() => shakeHands?.call(server, socket));
          if (isComplete || !needsRsa(opening)) goOn();
          else void complete().then(() => (socket.destroyed ? undefined : goOn()));
        }),
      );
      server.on('tlsClientError', handshakes.failed);
      // First, so that a connection never counts twice.
      server.prependListener('secureConnection', handshakes.secured);
      return handshakes.end;
    },
  };
}

/** Events of an accepted socket come without the context in which the listener was started; what they lead to has it again. */
function startersContext(): (act: () => void) => void {
  return AsyncResource.bind((act: () => void) => act());
}

const P_256 = 23;

/** Who can do without the certificate that takes long to make does not wait for it. */
function needsRsa(opening: Opening): boolean {
  if (opening.kind !== 'hello') return true;
  const { suites, curves, signatures } = opening.hello;
  const isSilentOr = (list: readonly number[], fits: (value: number) => boolean) =>
    list.length === 0 || list.some(fits);
  return !(
    suites.some(isEcdsaSuite) &&
    isSilentOr(curves, (curve) => curve === P_256) &&
    isSilentOr(signatures, isEcdsaSignature)
  );
}

interface Handshakes {
  begin(socket: Socket, goOn: (opening: Opening) => void): void;
  readonly failed: (error: NodeJS.ErrnoException, socket: TLSSocket) => void;
  readonly secured: (socket: TLSSocket) => void;
  readonly end: () => void;
}

interface Pending {
  readonly client: string;
  /** Among those who have proved nothing, until there is a secure channel. */
  readonly standing: Standing | undefined;
  opening: Opening;
}

type HandshakesOptions = Watched & Pick<SecurityOptions, 'journal' | 'connections' | 'caPath'>;

// Long because what happens to a handshake shares who is pending and whether the listener has ended.
function createHandshakes({ listener, transport, journal, connections, caPath }: HandshakesOptions): Handshakes {
  const sockets = new Set<Socket>();
  /** Until secured or failed; by the client's end, which the socket below the TLS one and that one have in common. */
  const pending = new Map<string, Pending>();
  const asStarted = startersContext();
  let isEnded = false;

  const record = (client: string, { reason, detail }: HandshakeFault): void => {
    if (isEnded) return;
    const event = {
      kind: 'refused',
      operation: 'handshake',
      transport,
      reason,
      detail: `${client}: ${detail}`,
    } as const;
    asStarted(() => journal.record({ kind: 'listener', listener }, event));
  };
  const settle = (place: string, code: string): void => {
    const handshake = pending.get(place);
    if (!pending.delete(place) || handshake === undefined) return;
    const { client, opening } = handshake;
    record(client, handshakeFault({ code, opening, caPath }));
  };

  return {
    begin: (socket, goOn) => {
      if (isEnded) {
        socket.destroy();
        return;
      }
      const place = placeOf(socket);
      const standing = connections?.accept(socket, transport);
      const handshake: Pending = { client: clientOf(socket), standing, opening: { kind: 'partial' } };
      sockets.add(socket);
      pending.set(place, handshake);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        standing?.left();
        // Who sends nothing has only looked whether the port is open.
        if (socket.bytesRead > 0) settle(place, HUNG_UP);
        pending.delete(place);
      });
      readFirst(socket, (opening) => {
        handshake.opening = opening;
        standing?.heard();
        if (opening.kind !== 'plain') {
          goOn(opening);
          return;
        }
        settle(place, HUNG_UP);
        socket.destroy();
      });
    },
    failed: (error, socket) => {
      settle(placeOf(socket), error.code ?? '');
      socket.destroy();
    },
    secured: (socket) => {
      const place = placeOf(socket);
      const handshake = pending.get(place);
      const client = handshake?.client ?? clientOf(socket);
      // From here on its secure channel stands for it.
      handshake?.standing?.left();
      pending.delete(place);
      socket.once('close', () => {
        if (socket.bytesRead > 0) return;
        const code = socket.errored !== null && 'code' in socket.errored ? String(socket.errored.code) : HUNG_UP;
        // Of the client's doing: what the emulator closes has neither ended nor failed.
        if (/_ALERT_/.test(code)) record(client, handshakeFault({ code, opening: { kind: 'unreadable' }, caPath }));
        else if (socket.readableEnded || socket.errored !== null) record(client, closedUnused(caPath));
      });
    },
    end: () => {
      isEnded = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

const HUNG_UP = 'ECONNRESET';

function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Without the client's port, so that its failures are equal. */
function clientOf({ remoteAddress = 'a client', localPort }: Socket): string {
  return `${remoteAddress} to port ${localPort}`;
}

/** A hello fits into few packets; the rest of one that is cut smaller is OpenSSL's to put together. */
const READS_MAX = 32;

/** Calls back with the opening once it is there or need not be waited for; what was read is there to be read again. */
function readFirst(socket: Socket, found: (opening: Opening) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  let reads = 0;
  const giveUp = (): void => void socket.destroy();
  const read = (chunk: Buffer): void => {
    bytes = reads === 0 ? chunk : Buffer.concat([bytes, chunk]);
    reads += 1;
    const opening = readOpening(bytes);
    if (opening.kind === 'partial' && reads < READS_MAX) return;
    socket.off('data', read);
    socket.off('timeout', giveUp);
    socket.setTimeout(0);
    socket.pause();
    socket.unshift(bytes);
    found(opening);
  };
  socket.setTimeout(HANDSHAKE_TIMEOUT_MS, giveUp);
  socket.on('data', read);
}
