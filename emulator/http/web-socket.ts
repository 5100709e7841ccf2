/** WebSocket upgrades on the HTTPS port: any path; the subprotocol chooses who speaks. [dps-device-protocol §1.1] */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';

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

export function createUpgrader({ protocols, messageBytesMax }: UpgradeOptions): Upgrader {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesMax,
    // C asks for "MQTT" and wants that very spelling back. [client-traps 10]
    handleProtocols: (offered) => [...offered].find((name) => name.toLowerCase() in protocols) ?? false,
  });
  return {
    handle: (request, socket, head) => {
      const spelling = offeredProtocols(request).find((name) => name.toLowerCase() in protocols);
      const handler = spelling === undefined ? undefined : protocols[spelling.toLowerCase()];
      if (handler === undefined) return false;
      server.handleUpgrade(request, socket, head, (client) => {
        // A packet may span frames and a frame may hold several packets: it is a byte stream.
        const stream = createWebSocketStream(client);
        stream.on('error', () => client.terminate());
        handler(stream, socket);
      });
      return true;
    },
    stop: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function offeredProtocols(request: IncomingMessage): readonly string[] {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
