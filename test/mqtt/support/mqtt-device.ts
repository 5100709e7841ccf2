/** A device that keeps to the protocol, packet by packet: it asks and shows the whole answer. */
import assert from 'node:assert/strict';
import type { IConnectPacket, IPublishPacket, Packet, QoS } from 'mqtt-packet';
import type { Emulator } from '../../../emulator/index.ts';
import type { Identity } from '../../flows/support/emulators.ts';
import { connectPacket, pollTopic, publishPacket, registerTopic, subscribePacket } from './packets.ts';
import { type MqttTransport, openRaw, type RawClient } from './raw-client.ts';

export interface Answer {
  readonly topic: string;
  readonly qos: number;
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface MqttDevice {
  readonly raw: RawClient;
  /** Publishes and reads up to the answer, which it acknowledges. */
  ask(topic: string, payload?: string | Buffer, spoilt?: Partial<IPublishPacket>): Promise<Answer>;
  /** Registers and polls until the service has concluded; gives the last body. */
  provision(): Promise<Record<string, unknown>>;
}

export interface DeviceSettings {
  readonly transport?: MqttTransport;
  readonly connect?: Partial<IConnectPacket>;
  readonly qos?: QoS;
}

/** CONNECT, CONNACK 0, SUBSCRIBE, SUBACK. */
export async function connectDevice(
  emulator: Emulator,
  identity: Identity,
  { transport = 'mqtt', connect = {}, qos = 1 }: DeviceSettings = {},
): Promise<MqttDevice> {
  const raw = await openRaw(emulator, transport);
  raw.send(connectPacket(identity, connect));
  const connack = await expectPacket(raw, 'connack');
  assert.equal(connack.returnCode, 0);
  raw.send(subscribePacket(qos));
  await expectPacket(raw, 'suback');

  const ask: MqttDevice['ask'] = async (topic, payload, spoilt) => {
    raw.send(publishPacket(topic, payload, spoilt));
    for (;;) {
      const packet = await raw.next();
      assert(packet !== 'closed', 'closed before the answer');
      if (packet.cmd !== 'publish') continue;
      if (packet.qos === 1) raw.send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
      return answerIn(packet);
    }
  };
  const provision = async (): Promise<Record<string, unknown>> => {
    let answer = await ask(registerTopic('r'));
    for (let count = 0; answer.status === 202 && count < 100; count += 1) {
      answer = await ask(pollTopic(`p${count}`, String(answer.body.operationId)), ' ');
    }
    return answer.body;
  };
  return { raw, ask, provision };
}

export function answerIn(packet: IPublishPacket): Answer {
  const status = Number(/\/res\/(\d{3})\//.exec(packet.topic)?.[1]);
  return { topic: packet.topic, qos: packet.qos, status, body: JSON.parse(packet.payload.toString()) };
}

/** The next packet, which must be of this kind. */
export async function expectPacket<C extends Packet['cmd']>(
  raw: RawClient,
  cmd: C,
): Promise<Extract<Packet, { readonly cmd: C }>> {
  const packet = await raw.next();
  assert(packet !== 'closed', `closed before ${cmd}`);
  assert.equal(packet.cmd, cmd);
  return packet as Extract<Packet, { readonly cmd: C }>;
}

/** The next packets, whatever they are. */
export async function take(raw: RawClient, count: number): Promise<readonly Packet[]> {
  const packets: Packet[] = [];
  while (packets.length < count) {
    const packet = await raw.next();
    assert(packet !== 'closed', `closed after ${packets.length} packets`);
    packets.push(packet);
  }
  return packets;
}
