/** The MQTT listener: TLS on a port of its own, each connection through the packet gate. */

import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import type { Connections } from '../core/connections.ts';
import { MESSAGE_BYTES_MAX } from '../core/dps/message-size.ts';
import type { MqttTransport } from '../wire/transports.ts';
import { createDpsBroker, type DpsBroker, type DpsBrokerOptions } from './dps-broker.ts';
import { type GateOptions, passGate } from './packet-gate.ts';

export interface MqttOptions extends DpsBrokerOptions {
  readonly replaceBroker: (made: DpsBroker) => DpsBroker;
}

/** One broker for both ways to reach it. */
export async function speakMqtt(options: MqttOptions) {
  const broker = options.replaceBroker(await createDpsBroker(options));
  const acceptOver = gateTo(broker, options);
  return {
    webSocket: { subprotocol: 'mqtt', serve: acceptOver('mqtt-ws') },
    listen: (place: Pick<MqttServerOptions, 'host' | 'port' | 'tls' | 'secure'>) =>
      startMqttServer({ ...place, connections: options.connections, acceptClient: acceptOver('mqtt') }),
    stop: () => broker.stop(),
  };
}

interface MqttServerOptions {
  readonly tls: TlsOptions;
  /** Tells of handshakes that fail; the returned function ends all connections. */
  readonly secure: (server: Server) => () => void;
  readonly host: string;
  readonly port: number;
  readonly connections: Connections;
  readonly acceptClient: (stream: Duplex, socket: Duplex) => void;
}

interface MqttListener {
  readonly port: number;
  stop(): Promise<void>;
}

async function startMqttServer(options: MqttServerOptions): Promise<MqttListener> {
  const { tls, secure, host, port, connections, acceptClient } = options;
  // Without noDelay every reply waits 40 ms for Nagle's algorithm. [building-blocks, aedes]
  const server = createServer({ ...tls, noDelay: true });
  const endConnections = secure(server);
  server.on('secureConnection', (socket) => {
    connections.open(socket, 'mqtt');
    socket.once('close', () => connections.close(socket));
    acceptClient(socket, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      // An accept that fails (too many open files, say) is that client's trouble; the listener goes on.
      server.on('error', () => undefined);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        endConnections();
      }),
  };
}

/** A message over the limit is answered; a packet over twice the limit is not even read. */
const PACKET_BYTES_MAX = 2 * MESSAGE_BYTES_MAX;
const CONNECT_TIMEOUT_MS = 30_000;

/** Leads every client through the gate to the DPS broker; a hub's broker will be chosen here, by user name. */
function gateTo(
  broker: DpsBroker,
  { journal, connections }: Pick<MqttOptions, 'journal' | 'connections'>,
): (transport: MqttTransport) => MqttServerOptions['acceptClient'] {
  return (transport) => (stream, socket) => {
    const live = connections.of(socket);
    live?.becomes(transport);
    const holdsAtGate = live?.holder();
    const options: GateOptions = {
      packetBytesMax: PACKET_BYTES_MAX,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      holds: (bytes) => {
        live?.heard();
        holdsAtGate?.(bytes);
      },
      serve: (gated) => broker.serve(gated, { transport, socket }),
      refused: (returnCode, why) => {
        const listener = transport === 'mqtt' ? 'mqtt' : 'https';
        const detail = returnCode === undefined ? why : `${why} (CONNACK ${returnCode})`;
        journal.record(
          { kind: 'listener', listener },
          {
            kind: 'refused',
            operation: 'connect',
            transport,
            reason: 'connect-refused',
            detail,
          },
        );
      },
    };
    passGate(stream, options);
  };
}
