/** WebSocket upgrades on the HTTPS port: any path; the subprotocol chooses who speaks. [dps-device-protocol §1.1] */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** A byte stream to a client, and the TLS socket below it. */
export type StreamHandler = (stream: Duplex, socket: Duplex) => void;

export interface UpgradeOptions {
  /** Keyed by subprotocol in lower case: `mqtt`; `amqpwsb10` takes its place here. */
  readonly protocols: Readonly<Record<string, StreamHandler>>;
  readonly messageBytesMax: number;
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
async function loadAcceptor({ protocols, messageBytesMax }: UpgradeOptions): Promise<Acceptor> {
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
        // A packet may span frames and a frame may hold several packets: it is a byte stream.
        const stream = createWebSocketStream(client);
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
