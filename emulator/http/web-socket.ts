/** WebSocket upgrades on the HTTPS port: any path; the subprotocol chooses who speaks. [dps-device-protocol §1.1] */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** A byte stream to a client, and the TLS socket below it. */
export type StreamHandler = (stream: Duplex, socket: Duplex) => void;

export interface UpgradeOptions {
  /** Keyed by subprotocol in lower case: `mqtt`; `amqpwsb10` takes its place here. */
  readonly protocols: Readonly<Record<string, StreamHandler>>;
  readonly messageBytesMax: number;
  /** Takes how many bytes of a message wait for the rest of it. */
  readonly holder: (socket: Duplex) => ((bytes: number) => void) | undefined;
}

export interface Upgrader {
  /** Returns false when no offered subprotocol is served here. */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  stop(): void;
}

export function createUpgrader(options: UpgradeOptions): Upgrader {
  const { protocols } = options;
  let stopped = false;
  let acceptor: Promise<Acceptor> | undefined;
  return {
    handle: (request, socket, head) => {
      const spelling = offeredProtocols(request).find((name) => isServed(name, protocols));
      const handler = spelling === undefined ? undefined : protocols[spelling.toLowerCase()];
      if (handler === undefined) return false;
      acceptor ??= loadAcceptor(options);
      acceptor.then(
        ({ accept }) => (stopped ? socket.destroy() : accept(request, socket, head, handler)),
        (error: Error) => socket.destroy(error),
      );
      return true;
    },
    stop: () => {
      stopped = true;
      acceptor?.then(
        ({ stop }) => stop(),
        () => undefined,
      );
    },
  };
}

interface Acceptor {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, handler: StreamHandler): void;
  stop(): void;
}

/** Loading the library would be a tenth of every start, and most emulators never see a WebSocket: the first one loads it. */
async function loadAcceptor({ protocols, messageBytesMax, holder }: UpgradeOptions): Promise<Acceptor> {
  const { createWebSocketStream, WebSocketServer } = await import('ws');
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesMax,
    // C asks for "MQTT" and wants that very spelling back. [client-traps 10]
    handleProtocols: (offered) => [...offered].find((name) => isServed(name, protocols)) ?? false,
  });
  return {
    accept: (request, socket, head, handler) => {
      server.handleUpgrade(request, socket, head, (client) => {
        countWaiting(client, socket, holder(socket));
        // A packet may span frames and a frame may hold several packets: it is a byte stream.
        const stream = createWebSocketStream(client);
        // [MQTT-6.0.0-1]
        client.prependListener('message', (_message, isBinary) => {
          if (!isBinary) stream.destroy(new Error('a WebSocket message was text; MQTT is binary'));
        });
        stream.on('error', () => client.terminate());
        handler(stream, socket);
      });
    },
    stop: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

/** What a piece of a message costs besides its bytes, which the library keeps as they come: measured with one byte a TLS record. */
const PIECE_BYTES = 400;

function countWaiting(client: WebSocket, socket: Duplex, holds: ((bytes: number) => void) | undefined): void {
  if (holds === undefined) return;
  let latest = 0;
  let waiting = 0;
  socket.on('data', (piece: Buffer) => {
    latest = piece.length + PIECE_BYTES;
    waiting += latest;
    holds(waiting);
  });
  // What the latest piece holds behind the end of the message is not known; it is counted whole.
  const isComplete = (): void => {
    waiting = latest;
    holds(waiting);
  };
  for (const event of ['message', 'ping', 'pong'] as const) client.on(event, isComplete);
  socket.once('close', () => holds(0));
}

/** A name such as `constructor` is found in every object; only the object's own count. */
function isServed(name: string, protocols: UpgradeOptions['protocols']): boolean {
  return Object.hasOwn(protocols, name.toLowerCase());
}

function offeredProtocols(request: IncomingMessage): readonly string[] {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
