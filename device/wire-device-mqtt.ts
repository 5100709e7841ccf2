/** A device over MQTT, packet by packet, on TLS or on a WebSocket. [dps-device-protocol §1] */
import { randomUUID } from 'node:crypto';
import type { IPublishPacket, Packet } from 'mqtt-packet';
import {
  DEFAULT_API_VERSION,
  DEFAULT_TIMEOUT_MS,
  type DeviceOptions,
  type DeviceSession,
  type Reply,
} from './device.ts';
import { DeviceFailure } from './device-failure.ts';
import { openMqttBytes } from './mqtt-byte-stream.ts';
import { type PacketStream, packetStream } from './mqtt-packet-stream.ts';
import { readRetryAfter, registerBody, sasOf } from './register-request.ts';

/** [dps-device-protocol §1.3] */
const RESPONSE_FILTER = '$dps/registrations/res/#';
const RESPONSE_TOPIC = /^\$dps\/registrations\/res\/(\d{3})\/\?(.*)$/;
const CLIENT_VERSION = encodeURIComponent('dps-emulator/wire-device');

/** SUBSCRIBE takes the first message id, as in C; the publishes follow. */
const SUBSCRIBE_ID = 1;
const MESSAGE_ID_MAX = 0xffff;

/** CONNECT, CONNACK, SUBSCRIBE, SUBACK; throws a `DeviceFailure` when the service refuses either. */
export async function openMqttSession(options: DeviceOptions, record: (reply: Reply) => void): Promise<DeviceSession> {
  const bytes = await openMqttBytes(options);
  const stream = packetStream(bytes, {
    endpoint: options,
    onPacket: (direction, packet) => tell(options, direction, packet),
  });
  try {
    await connect(stream, options, record);
    await subscribe(stream, options, record);
  } catch (error) {
    stream.destroy();
    throw error;
  }
  return session(stream, options, record);
}

async function connect(stream: PacketStream, options: DeviceOptions, record: (reply: Reply) => void): Promise<void> {
  const { idScope, registrationId } = options;
  const apiVersion = options.apiVersion ?? DEFAULT_API_VERSION;
  stream.send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: registrationId,
    // No `?` before the query, and the registration id as it is. [dps-device-protocol §1.2]
    username: `${idScope}/registrations/${registrationId}/api-version=${apiVersion}&ClientVersion=${CLIENT_VERSION}`,
    password: Buffer.from(sasOf(options)),
    clean: true,
    // As C and C# send it, no keep-alive time-out: a device that waits for a long retry-after sends no ping.
    keepalive: 0,
  });
  const code = await stream.receive({ what: 'CONNACK', ...waitOf(options), pick: connackCode });
  record({ step: 'connack', transport: options.transport, status: code, body: '' });
  if (code !== 0)
    throw new DeviceFailure({ outcome: 'refused', message: `CONNACK ${code}: ${CONNACK_TEXT[code] ?? ''}` });
  options.onStatus?.({ kind: 'connected' });
}

const CONNACK_TEXT: Readonly<Record<number, string>> = {
  1: 'unacceptable protocol version',
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
};

function connackCode(packet: Packet): number | undefined {
  return packet.cmd === 'connack' ? packet.returnCode : undefined;
}

async function subscribe(stream: PacketStream, options: DeviceOptions, record: (reply: Reply) => void): Promise<void> {
  stream.send({ cmd: 'subscribe', messageId: SUBSCRIBE_ID, subscriptions: [{ topic: RESPONSE_FILTER, qos: 1 }] });
  const granted = await stream.receive({ what: 'SUBACK', ...waitOf(options), pick: grantedQos });
  record({ step: 'suback', transport: options.transport, status: granted, body: '' });
  if (granted === 0x80) {
    throw new DeviceFailure({ outcome: 'refused', message: `SUBACK 128: ${RESPONSE_FILTER} may not be subscribed to` });
  }
}

function grantedQos(packet: Packet): number | undefined {
  if (packet.cmd !== 'suback') return undefined;
  const first: unknown = packet.granted[0];
  return typeof first === 'number' ? first : undefined;
}

function session(stream: PacketStream, options: DeviceOptions, record: (reply: Reply) => void): DeviceSession {
  let messageId = SUBSCRIBE_ID;
  const ask = async (step: 'register' | 'poll', topic: (rid: string) => string, payload: string): Promise<Reply> => {
    const rid = randomUUID();
    messageId = (messageId % MESSAGE_ID_MAX) + 1;
    stream.send({ cmd: 'publish', qos: 1, dup: false, retain: false, messageId, topic: topic(rid), payload });
    const pick = (packet: Packet): Reply | undefined => {
      if (packet.cmd !== 'publish') return undefined;
      if (packet.qos === 1) stream.send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
      return readReply(packet, { step, rid, transport: options.transport });
    };
    const reply = await stream.receive({ what: `answer to the ${step} request`, ...waitOf(options), pick });
    record(reply);
    return reply;
  };
  return {
    register: () =>
      ask('register', (rid) => `$dps/registrations/PUT/iotdps-register/?$rid=${rid}`, registerBody(options)),
    // A single space is what Node and Python poll with. [dps-device-protocol §1.3]
    poll: (operationId) =>
      ask(
        'poll',
        (rid) => `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=${rid}&operationId=${operationId}`,
        ' ',
      ),
    close: () => sayGoodbye(stream, (messageId % MESSAGE_ID_MAX) + 1, waitOf(options).timeoutMs),
    destroy: () => stream.destroy(),
  };
}

function readReply(
  packet: IPublishPacket,
  asked: Pick<Reply, 'transport'> & { step: 'register' | 'poll'; rid: string },
): Reply | undefined {
  const [, status, query] = RESPONSE_TOPIC.exec(packet.topic) ?? [];
  if (status === undefined || query === undefined) return undefined;
  const parameters = new URLSearchParams(query);
  if (parameters.get('$rid') !== asked.rid) return undefined;
  return {
    step: asked.step,
    transport: asked.transport,
    status: Number(status),
    body: packet.payload.toString(),
    ...readRetryAfter(parameters.get('retry-after')),
  };
}

/** UNSUBSCRIBE and its answer before DISCONNECT, as Node does. [dps-device-protocol §1.6] */
async function sayGoodbye(stream: PacketStream, messageId: number, timeoutMs: number): Promise<void> {
  stream.send({ cmd: 'unsubscribe', messageId, unsubscriptions: [RESPONSE_FILTER] });
  await stream.receive({
    what: 'UNSUBACK',
    timeoutMs,
    pick: (packet) => (packet.cmd === 'unsuback' ? packet : undefined),
  });
  stream.send({ cmd: 'disconnect' });
  await stream.end();
}

function waitOf(options: DeviceOptions): { readonly timeoutMs: number } {
  return { timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS };
}

function tell(options: DeviceOptions, direction: 'in' | 'out', packet: Packet): void {
  const topic = packet.cmd === 'publish' ? { topic: packet.topic } : {};
  options.onStatus?.({ kind: 'packet', direction, cmd: packet.cmd, ...topic });
}
