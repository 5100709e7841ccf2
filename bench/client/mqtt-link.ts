/** A device of the load over MQTT and TLS, as lean as it can be: what the client costs flattens every ratio. */
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { makeDeviceSas } from '../../emulator/wire/device-sas.ts';
import type { LoadDevice } from '../set-up.ts';

export interface LinkTarget {
  readonly port: number;
  readonly secureContext: SecureContext;
}

export interface Answer {
  /** The status in the response topic. */
  readonly status: number;
  readonly body: string;
}

export interface MqttLink {
  register(): Promise<Answer>;
  poll(operationId: string): Promise<Answer>;
  /** DISCONNECT; resolves when the socket is closed. */
  close(): Promise<void>;
}

const RESPONSE_FILTER = '$dps/registrations/res/#';
/** `$dps/registrations/res/` and three digits. [dps-device-protocol §1.4] */
const STATUS_AT = RESPONSE_FILTER.length - 1;

/** TLS, CONNECT and SUBSCRIBE, in the order of the SDKs. */
export async function openLink(device: LoadDevice, { port, secureContext }: LinkTarget): Promise<MqttLink> {
  const socket = connect({ host: '127.0.0.1', servername: 'localhost', port, secureContext });
  socket.setNoDelay(true);
  const exchange = packetExchange(socket);
  await exchange.opened;
  await exchange.ask(connectPacket(device), 'connack');
  await exchange.ask({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: RESPONSE_FILTER, qos: 1 }] }, 'suback');

  let count = 1;
  const request = async (topic: string, payload: string): Promise<Answer> => {
    count += 1;
    const messageId = (count % 0xffff) + 1;
    const packet = { cmd: 'publish', qos: 1, dup: false, retain: false, messageId, topic, payload } as const;
    const answer = (await exchange.ask(packet, 'publish')) as IPublishPacket;
    return {
      status: Number(answer.topic.slice(STATUS_AT, STATUS_AT + 3)),
      body: answer.payload.toString(),
    };
  };
  const body = JSON.stringify({ registrationId: device.registrationId });
  return {
    register: () => request(`$dps/registrations/PUT/iotdps-register/?$rid=${count}`, body),
    poll: (operationId) =>
      request(`$dps/registrations/GET/iotdps-get-operationstatus/?$rid=${count}&operationId=${operationId}`, ' '),
    close: () => exchange.end(),
  };
}

function connectPacket(device: LoadDevice): Packet {
  const { idScope, registrationId } = device;
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: registrationId,
    username: `${idScope}/registrations/${registrationId}/api-version=2019-03-31&ClientVersion=bench`,
    password: Buffer.from(makeDeviceSas(device, Date.now())),
    clean: true,
    keepalive: 0,
  };
}

interface PacketExchange {
  readonly opened: Promise<void>;
  /** Sends, and resolves with the next packet of the wanted kind: there is never more than one question open. */
  ask(packet: Packet, wanted: Packet['cmd']): Promise<Packet>;
  end(): Promise<void>;
}

function packetExchange(socket: TLSSocket): PacketExchange {
  let waiting: { wanted: Packet['cmd']; resolve: (packet: Packet) => void; reject: (error: Error) => void } | undefined;
  const packets = parser({ protocolVersion: 4 });
  packets.on('packet', (packet) => {
    if (packet.cmd === 'publish') socket.write(generate({ cmd: 'puback', messageId: packet.messageId ?? 0 }));
    if (packet.cmd === 'connack' && packet.returnCode !== 0) socket.destroy(new Error(`CONNACK ${packet.returnCode}`));
    if (packet.cmd === waiting?.wanted) waiting.resolve(packet);
  });
  let lost: Error | undefined;
  socket.on('data', (bytes: Buffer) => packets.parse(bytes));
  socket.on('error', (error) => {
    lost = error;
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      waiting?.reject(lost ?? new Error('the server closed the connection'));
      resolve();
    });
  });
  return {
    opened: new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    }),
    ask: (packet, wanted) =>
      new Promise((resolve, reject) => {
        waiting = { wanted, resolve, reject };
        socket.write(generate(packet));
      }),
    end: () => {
      socket.end(generate({ cmd: 'disconnect' }));
      return closed;
    },
  };
}
