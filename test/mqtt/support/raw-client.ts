/** An MQTT client that sends any bytes, good or bad, over verified TLS or a WebSocket, and shows every packet it gets. */
import type { Duplex } from 'node:stream';
import { generate, type Packet, parser } from 'mqtt-packet';
import { openMqttBytes } from '../../../device/mqtt-byte-stream.ts';
import type { Emulator } from '../../../emulator/index.ts';

export interface RawClient {
  readonly stream: Duplex;
  /** Everything goes out in one write. */
  send(...packets: readonly (Packet | Buffer | string)[]): void;
  /** The next packet, or `closed` when the server ended the connection before it. */
  next(): Promise<Packet | 'closed'>;
  /** All packets up to the end of the connection. */
  untilClosed(): Promise<readonly Packet[]>;
  /** All bytes that have come so far. */
  received(): Buffer;
  destroy(): void;
}

export type MqttTransport = 'mqtt' | 'mqtt-ws';

export async function openRaw(emulator: Emulator, transport: MqttTransport = 'mqtt'): Promise<RawClient> {
  const { host, port } = transport === 'mqtt' ? emulator.endpoints.mqtt : emulator.endpoints.https;
  const stream = await openMqttBytes({ host, port, transport, ca: emulator.ca.certificatePem });
  return rawClient(stream);
}

export function rawClient(stream: Duplex): RawClient {
  const inbox: Packet[] = [];
  const chunks: Buffer[] = [];
  const waiting: ((packet: Packet | 'closed') => void)[] = [];
  let isClosed = false;

  const packets = parser({ protocolVersion: 4 });
  packets.on('packet', (packet) => {
    const waiter = waiting.shift();
    if (waiter === undefined) inbox.push(packet);
    else waiter(packet);
  });
  packets.on('error', (error: Error) => stream.destroy(error));
  stream.on('data', (bytes: Buffer) => {
    chunks.push(bytes);
    packets.parse(bytes);
  });
  stream.on('end', () => stream.destroy());
  // A reset is a way of closing, too.
  stream.on('error', () => undefined);
  stream.on('close', () => {
    isClosed = true;
    for (const waiter of waiting.splice(0)) waiter('closed');
  });

  const next = (): Promise<Packet | 'closed'> => {
    const packet = inbox.shift();
    if (packet !== undefined) return Promise.resolve(packet);
    if (isClosed) return Promise.resolve('closed');
    return new Promise((resolve) => waiting.push(resolve));
  };

  return {
    stream,
    send: (...sent) => stream.write(Buffer.concat(sent.map(bytesOf))),
    next,
    untilClosed: async () => {
      const all: Packet[] = [];
      for (let packet = await next(); packet !== 'closed'; packet = await next()) all.push(packet);
      return all;
    },
    received: () => Buffer.concat(chunks),
    destroy: () => stream.destroy(),
  };
}

function bytesOf(sent: Packet | Buffer | string): Buffer {
  if (typeof sent === 'string') return Buffer.from(sent, 'latin1');
  return Buffer.isBuffer(sent) ? sent : generate(sent);
}
