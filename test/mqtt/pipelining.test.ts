/** Packets that are sent before the ones ahead of them were answered: one is looked at when the one before has its answer. */
import { once } from 'node:events';
import { connect } from 'node:tls';
import { generate, type Packet, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { trustOptions } from '../../device/trust.ts';
import { type Emulator, emulatorForFile, emulatorsForTests, SCOPE, tokenFor } from '../flows/support/emulators.ts';
import { take } from './support/mqtt-device.ts';
import { connectPacket, publishPacket, RESPONSES, registerTopic, subscribePacket } from './support/packets.ts';
import { openRaw } from './support/raw-client.ts';

const running = emulatorForFile();
const start = emulatorsForTests();
const DEVICE = { registrationId: 'dev-1' };
const FOLLOWING = [subscribePacket(1), publishPacket(registerTopic('1'))];
const TRANSPORTS = ['mqtt', 'mqtt-ws'] as const;

const kindsOf = (packets: readonly Packet[]) => packets.map(({ cmd }) => cmd);

/** Nothing that followed the refused CONNECT was carried out. */
async function expectNothingDone(emulator: Emulator): Promise<void> {
  expect(await emulator.registrations()).toEqual([]);
  const kinds = emulator.journal.timelines().flatMap(({ entries }) => entries.map(({ event }) => event.kind));
  expect(kinds).toEqual(['refused']);
}

describe('what follows a CONNECT that is refused', () => {
  it.each(
    TRANSPORTS.flatMap((transport) => [
      [transport, 'a client id that differs', connectPacket(DEVICE, { clientId: 'another' }), 2, {}] as const,
      [transport, 'an empty client id', connectPacket(DEVICE, { clientId: '' }), 2, {}] as const,
      [transport, 'a user name that is none', connectPacket(DEVICE, { username: 'x' }), 4, {}] as const,
      [
        transport,
        'a credential that is refused at CONNECT',
        connectPacket(DEVICE, { password: Buffer.from(tokenFor(DEVICE, { ttlSeconds: -1 })) }),
        5,
        { 'credential-refusal': 'connack' },
      ] as const,
    ]),
  )('over %s (%s) is not carried out', async (transport, _fact, refused, returnCode, assume) => {
    const emulator = await start({ assume });
    const raw = await openRaw(emulator, transport);
    for (const packet of [refused, ...FOLLOWING]) raw.send(packet);
    expect(await raw.untilClosed()).toMatchObject([{ cmd: 'connack', returnCode }]);
    await expectNothingDone(emulator);
  });
});

describe('what follows a CONNECT that is accepted', () => {
  it.each(TRANSPORTS)('over %s is answered in its order, in one write or in three', async (transport) => {
    for (const writes of [
      [[connectPacket(DEVICE), ...FOLLOWING]],
      [[connectPacket(DEVICE)], ...FOLLOWING.map((p) => [p])],
    ]) {
      for (let count = 0; count < 4; count += 1) {
        const raw = await openRaw(running(), transport);
        for (const packets of writes) raw.send(...packets);
        expect(kindsOf(await take(raw, 4))).toEqual(['connack', 'suback', 'puback', 'publish']);
        raw.destroy();
      }
    }
  });

  it('is carried out to its DISCONNECT', async () => {
    const emulator = await start();
    const raw = await openRaw(emulator);
    raw.send(connectPacket(DEVICE), ...FOLLOWING, { cmd: 'pingreq' }, { cmd: 'disconnect' });
    const kinds = kindsOf(await raw.untilClosed()).filter((kind) => kind !== 'publish');
    expect(kinds).toEqual(['connack', 'suback', 'puback', 'pingresp']);
    expect(await emulator.registration(SCOPE, DEVICE.registrationId)).toBeDefined();
  });

  it('is answered in its order when it goes on: UNSUBSCRIBE, SUBSCRIBE, PINGREQ, PUBLISH', async () => {
    const raw = await openRaw(running());
    const unsubscribe = { cmd: 'unsubscribe', messageId: 3, unsubscriptions: [RESPONSES] } satisfies Packet;
    raw.send(connectPacket(DEVICE), FOLLOWING[0] as Packet, unsubscribe, ...FOLLOWING, { cmd: 'pingreq' });
    const kinds = kindsOf(await take(raw, 7)).filter((kind) => kind !== 'publish');
    expect(kinds).toEqual(['connack', 'suback', 'unsuback', 'suback', 'puback', 'pingresp']);
  });
});

/** One binary frame of a client: masked, with a mask of zeros. */
function frameOf(payload: Buffer): Buffer {
  const head = Buffer.from([0x82, 0x80 | 126, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

/** Sends the frames in the write that asks for the upgrade, and gives the packets that come until the server closes. */
async function withUpgrade(emulator: Emulator, packets: readonly Packet[], until: number): Promise<readonly Packet[]> {
  const { host, port } = emulator.endpoints.https;
  const socket = connect({ host, port, ...trustOptions({ host, ca: emulator.ca.certificatePem }) });
  await once(socket, 'secureConnect');
  const head = [
    'GET / HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: mqtt',
  ].join('\r\n');
  const frames = packets.map((packet) => frameOf(generate(packet)));
  socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), ...frames]));
  const heard: Packet[] = [];
  const reader = parser();
  reader.on('packet', (packet) => heard.push(packet));
  let bytes = Buffer.alloc(0);
  let isUpgraded = false;
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (!isUpgraded) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) continue;
      isUpgraded = true;
      bytes = bytes.subarray(end + 4);
    }
    while (bytes.length >= 2 && bytes.length >= frameLength(bytes).whole) {
      const { header, whole } = frameLength(bytes);
      if (bytes[0] === 0x82) reader.parse(bytes.subarray(header, whole));
      bytes = bytes.subarray(whole);
    }
    if (heard.length >= until) break;
  }
  return heard;
}

/** Of a server's frame, which is not masked. */
function frameLength(bytes: Buffer): { readonly header: number; readonly whole: number } {
  const short = (bytes[1] ?? 0) & 0x7f;
  return short < 126 ? { header: 2, whole: 2 + short } : { header: 4, whole: 4 + bytes.readUInt16BE(2) };
}

describe('WebSocket frames that are sent with the upgrade', () => {
  it('are answered in their order', async () => {
    const heard = await withUpgrade(running(), [connectPacket(DEVICE), ...FOLLOWING], 4);
    expect(kindsOf(heard)).toEqual(['connack', 'suback', 'puback', 'publish']);
  });

  it('are not carried out behind a CONNECT that is refused', async () => {
    const emulator = await start();
    const heard = await withUpgrade(emulator, [connectPacket(DEVICE, { clientId: 'another' }), ...FOLLOWING], 9);
    expect(heard).toMatchObject([{ cmd: 'connack', returnCode: 2 }]);
    await expectNothingDone(emulator);
  });
});
