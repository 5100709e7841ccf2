/** docs/mqtt-conformance.md on the bytes: a hostile frame or a dialogue for every rule that is kept, through gate and broker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { resolveAssumptions } from '../../emulator/core/assumptions.ts';
import { speakMqtt } from '../../emulator/mqtt/server.ts';
import { startHarness } from '../core/service-harness.ts';
import { setUpForDevices, tokenFor } from '../flows/support/emulators.ts';
import { APPENDIX_B } from './support/appendix-b.ts';
import { expectPacket } from './support/mqtt-device.ts';
import {
  connectPacket,
  publishPacket,
  RESPONSES,
  registerTopic,
  subscribePacket,
  userName,
} from './support/packets.ts';
import { type RawClient, rawClient } from './support/raw-client.ts';
import { connectFrame, frame, NUL, SURROGATE, text } from './support/raw-frames.ts';

const DEVICE = { registrationId: 'dev1' };
const CONNECT = generate(connectPacket(DEVICE));
const USER = text(userName(DEVICE));
const PASSWORD = text(tokenFor(DEVICE));
const ID = text('dev1');
const REGISTER = text(registerTopic('1'));
const PACKET_ID = [0, 7];

/** A way to open clients of one service, without a socket. */
async function service() {
  const { engine } = await startHarness({ setUp: setUpForDevices(), retryAfterSeconds: 0 });
  const mqtt = await speakMqtt({
    ...engine,
    journal: engine.state.journal,
    replyDelayMs: 0,
    assumptions: resolveAssumptions(),
    replaceBroker: (broker) => broker,
    reportBug: (error) => expect(error).toBeUndefined(),
  });
  const open = (): RawClient => {
    const [client, server] = duplexPair();
    engine.connections.open(server, 'https');
    server.once('close', () => {
      engine.connections.close(server);
      // The two ends of a pair do not end together, as those of a socket do.
      client.push(null);
    });
    client.once('close', () => server.destroy());
    mqtt.webSocket.serve(server, server);
    return rawClient(client);
  };
  return { engine, open };
}

async function connected(): Promise<RawClient> {
  const raw = (await service()).open();
  raw.send(CONNECT);
  await expectPacket(raw, 'connack');
  return raw;
}

async function subscribed(qos: 0 | 1 = 1): Promise<RawClient> {
  const raw = await connected();
  raw.send(subscribePacket(qos));
  await expectPacket(raw, 'suback');
  return raw;
}

type Ids = readonly string[];

/** First bytes that end the connection: without a word, or with this CONNACK. */
const FIRST: readonly (readonly [ids: Ids, fact: string, bytes: Buffer, returnCode?: number])[] = [
  [['3.1.0-1', '4.8.0-1'], 'a PINGREQ before CONNECT', frame(0xc0)],
  [['2.2.2-1', '2.2.2-2'], 'a CONNECT with flags', Buffer.concat([Buffer.from([0x11]), CONNECT.subarray(1)])],
  [['3.1.2-1', '3.2.2-6'], 'another protocol', frame(0x10, text('MQXX'), [4, 2, 0, 0], ID)],
  [['3.1.2-2', '3.2.2-4', '3.2.2-5'], 'another level', frame(0x10, text('MQTT'), [5, 2, 0, 0, 0], ID), 1],
  [['3.1.2-3'], 'the reserved flag', connectFrame(0xc3, ID, USER, PASSWORD)],
  [['3.1.4-1'], 'a CONNECT that ends in its header', frame(0x10, text('MQTT'), [4, 2, 0])],
  [['3.1.2-9'], 'a will without a message', connectFrame(0x06, ID, text('t'))],
  [['3.1.2-9'], 'a will without a topic', connectFrame(0x06, ID)],
  [['3.1.2-11', '3.1.2-13'], 'a will QoS without a will', connectFrame(0xca, ID, USER, PASSWORD)],
  [['3.1.2-11', '3.1.2-15'], 'will retain without a will', connectFrame(0xe2, ID, USER, PASSWORD)],
  [['3.1.2-11'], 'a will without its flag', connectFrame(0xc2, ID, text('t'), text('m'), USER, PASSWORD)],
  [['3.1.2-14'], 'a will QoS of 3', connectFrame(0xde, ID, text('t'), text('m'), USER, PASSWORD)],
  [['3.1.2-18'], 'a user name without its flag', connectFrame(0x02, ID, USER)],
  [['3.1.2-19'], 'no user name in spite of its flag', connectFrame(0x82, ID)],
  [['3.1.2-20'], 'a password without its flag', connectFrame(0x82, ID, USER, PASSWORD)],
  [['3.1.2-21'], 'no password in spite of its flag', connectFrame(0xc2, ID, USER)],
  [['3.1.2-22'], 'a password without a user name', connectFrame(0x42, ID, PASSWORD)],
  [['3.1.3-1', '3.1.3-3'], 'the user name before the client id', connectFrame(0xc2, USER, ID, PASSWORD), 4],
  [['3.1.3-3'], 'no client id', connectFrame(0x02)],
  [['3.1.3-4', '1.5.3-1'], 'a client id that is no UTF-8', connectFrame(0xc2, text(SURROGATE), USER, PASSWORD)],
  [['3.1.3-4', '1.5.3-2'], 'a client id with U+0000', connectFrame(0xc2, text(NUL), USER, PASSWORD)],
  [['3.1.3-10'], 'a will topic that is no UTF-8', connectFrame(0x06, ID, text(SURROGATE), text('m'))],
  [['3.1.3-10', '4.7.3-2'], 'a will topic with U+0000', connectFrame(0x06, ID, text(NUL), text('m'))],
  [['3.1.3-11'], 'a user name that is no UTF-8', connectFrame(0x82, ID, text(SURROGATE))],
  [['3.1.3-11'], 'a user name with U+0000', connectFrame(0x82, ID, text(NUL))],
  [['3.1.4-1'], 'bytes behind the last field', connectFrame(0xc2, ID, USER, PASSWORD, Buffer.from('x'))],
  [['3.1.3-8', '3.1.3-9'], 'no client id and clean session 0', connectFrame(0xc0, text(''), USER, PASSWORD), 2],
  [['3.1.3-9'], 'a client id that is refused', connectFrame(0xc2, text('other'), USER, PASSWORD), 2],
];

/** What ends a connection that was accepted, without an answer. */
const LATER: readonly (readonly [ids: Ids, fact: string, bytes: Buffer])[] = [
  [['3.1.0-2'], 'a second CONNECT', CONNECT],
  [['2.2.2-2', '4.8.0-1'], 'a packet of type 0', frame(0x00)],
  [['2.2.2-2'], 'a packet of type 15', frame(0xf0)],
  [['4.8.0-1'], 'a CONNACK', frame(0x20, [0, 0])],
  [['4.8.0-1'], 'a SUBACK', frame(0x90, [0, 1, 0])],
  [['4.8.0-1'], 'an UNSUBACK', frame(0xb0, [0, 1])],
  [['4.8.0-1'], 'a PINGRESP', frame(0xd0)],
  [['2.2.2-2'], 'a PUBACK with flags', frame(0x41, [0, 1])],
  [['2.2.2-2'], 'a PUBREC with flags', frame(0x51, [0, 1])],
  [['2.2.2-2'], 'a PUBCOMP with flags', frame(0x71, [0, 1])],
  [['2.2.2-2'], 'a PINGREQ with flags', frame(0xc1)],
  [['4.8.0-1'], 'a PINGREQ with bytes', frame(0xc0, [0])],
  [['3.6.1-1'], 'a PUBREL with other flags', frame(0x60, [0, 1])],
  [['3.8.1-1'], 'a SUBSCRIBE with other flags', frame(0x80, PACKET_ID, text(RESPONSES), [1])],
  [['3.10.1-1'], 'an UNSUBSCRIBE with other flags', frame(0xa0, PACKET_ID, text(RESPONSES))],
  [['3.14.1-1'], 'a DISCONNECT with flags', frame(0xe1)],
  [['2.3.1-1'], 'a PUBLISH with packet id 0', frame(0x32, REGISTER, [0, 0])],
  [['2.3.1-1'], 'a PUBLISH without a packet id', frame(0x32, REGISTER)],
  [['2.3.1-1'], 'a SUBSCRIBE with packet id 0', frame(0x82, [0, 0], text(RESPONSES), [1])],
  [['2.3.1-1'], 'an UNSUBSCRIBE with packet id 0', frame(0xa2, [0, 0], text(RESPONSES))],
  [['3.3.1-2'], 'DUP with QoS 0', frame(0x38, REGISTER)],
  [['3.3.1-4'], 'QoS 3', frame(0x36, REGISTER, PACKET_ID)],
  [
    ['3.3.2-1', '1.5.3-1'],
    'a topic that is no UTF-8',
    frame(0x30, text(Buffer.concat([REGISTER.subarray(2), SURROGATE]))),
  ],
  [
    ['3.3.2-1'],
    'a topic that is overlong UTF-8',
    frame(0x30, text(Buffer.concat([REGISTER.subarray(2), Buffer.from([0xc0, 0xaf])]))),
  ],
  [
    ['3.3.2-1', '1.5.3-2', '4.7.3-2'],
    'a topic with U+0000',
    frame(0x30, text(Buffer.concat([REGISTER.subarray(2), NUL]))),
  ],
  [['3.3.2-1'], 'a topic longer than the packet', frame(0x30, [0, 9, 0x61])],
  [['3.3.2-2', '4.7.1-1'], 'a topic with a wildcard', frame(0x30, text(`${registerTopic('1')}+`))],
  [['4.7.3-1'], 'an empty topic', frame(0x30, text(''))],
  [['3.3.5-2'], 'a PUBLISH that is not authorized', frame(0x32, text('hello'), PACKET_ID)],
  [['3.8.3-1', '1.5.3-1'], 'a filter that is no UTF-8', frame(0x82, PACKET_ID, text(SURROGATE), [1])],
  [['3.8.3-1', '1.5.3-2', '4.7.3-2'], 'a filter with U+0000', frame(0x82, PACKET_ID, text(NUL), [1])],
  [['3.8.3-3'], 'a SUBSCRIBE without a filter', frame(0x82, PACKET_ID)],
  [['3.8.3-4'], 'a requested QoS of 3', frame(0x82, PACKET_ID, text(RESPONSES), [3])],
  [['3.8.3-4'], 'a requested QoS with reserved bits', frame(0x82, PACKET_ID, text(RESPONSES), [0x41])],
  [['3.8.3-4'], 'a filter without a QoS', frame(0x82, PACKET_ID, text(RESPONSES))],
  [['4.7.1-2'], '# in the middle', frame(0x82, PACKET_ID, text('a/#/b'), [1])],
  [['4.7.1-2'], '# behind a letter', frame(0x82, PACKET_ID, text('a#'), [1])],
  [['4.7.1-3'], '+ behind a letter', frame(0x82, PACKET_ID, text('a+/b'), [1])],
  [['4.7.3-1'], 'an empty filter', frame(0x82, PACKET_ID, text(''), [1])],
  [['3.10.3-1'], 'an UNSUBSCRIBE that is no UTF-8', frame(0xa2, PACKET_ID, text(SURROGATE))],
  [['3.10.3-2'], 'an UNSUBSCRIBE without a filter', frame(0xa2, PACKET_ID)],
  [['4.8.0-2'], 'a packet that is too large', Buffer.from([0x30, 0xc0, 0x9a, 0x0c])],
];

const subscribe = (...pairs: readonly (readonly [filter: string, qos: number])[]): Buffer =>
  frame(0x82, PACKET_ID, ...pairs.flatMap(([filter, qos]) => [text(filter), [qos]]));
const unsubscribe = (...filters: readonly string[]): Buffer => frame(0xa2, PACKET_ID, ...filters.map(text));
const ping = frame(0xc0);

async function next(raw: RawClient): Promise<Packet> {
  const packet = await raw.next();
  expect(packet).not.toBe('closed');
  return packet as Packet;
}

/** The PUBLISH that answers a register, past its PUBACK. */
async function reply(raw: RawClient, bytes: Buffer): Promise<Packet> {
  raw.send(bytes);
  for (;;) {
    const packet = await next(raw);
    if (packet.cmd === 'publish') return packet;
  }
}

const DIALOGUES: readonly (readonly [ids: Ids, fact: string, run: () => Promise<void>])[] = [
  [
    ['3.2.0-1', '3.1.4-4', '3.2.2-1', '3.1.2-6', '3.1.3-5'],
    'CONNACK 0 comes first, and no session is present',
    async () => {
      const raw = (await service()).open();
      raw.send(CONNECT);
      expect(raw.received()).toHaveLength(0);
      await next(raw);
      expect(raw.received()).toEqual(Buffer.from([0x20, 2, 0, 0]));
    },
  ],
  [
    ['3.2.2-3', '3.1.4-3', '4.1.0-1', '4.1.0-2'],
    'with clean session 0 none is present either; a subscription lasts as long as its connection',
    async () => {
      const { open } = await service();
      for (let count = 0; count < 2; count += 1) {
        const raw = open();
        raw.send(generate(connectPacket(DEVICE, { clean: false })));
        expect(await next(raw)).toMatchObject({ cmd: 'connack', sessionPresent: false });
        raw.send(frame(0x32, REGISTER, PACKET_ID), ping);
        expect([(await next(raw)).cmd, (await next(raw)).cmd]).toEqual(['puback', 'pingresp']);
        raw.send(subscribe([RESPONSES, 1]));
        await next(raw);
        for (const _time of [1, 2]) expect(await reply(raw, frame(0x30, REGISTER))).toMatchObject({ qos: 1 });
        raw.destroy();
      }
    },
  ],
  [
    ['3.1.4-2'],
    'a newer connection with its client id ends the older one',
    async () => {
      const { open } = await service();
      const [older, newer] = [open(), open()];
      older.send(CONNECT);
      await next(older);
      newer.send(CONNECT);
      await next(newer);
      expect(await older.untilClosed()).toEqual([]);
    },
  ],
  [
    ['3.1.4-5'],
    'nothing behind a refused CONNECT is processed',
    async () => {
      const { open, engine } = await service();
      const raw = open();
      raw.send(connectPacket(DEVICE, { clientId: 'other' }), subscribePacket(1), publishPacket(registerTopic('1')));
      expect((await raw.untilClosed()).map(({ cmd }) => cmd)).toEqual(['connack']);
      expect(await engine.state.registrations()).toEqual([]);
    },
  ],
  [
    ['3.1.2-12'],
    'no will is published: not without its flag, and not with it',
    async () => {
      const { open, engine } = await service();
      const listener = open();
      listener.send(connectPacket({ registrationId: 'listener' }), subscribePacket(1));
      await next(listener);
      await next(listener);
      const will = {
        topic: '$dps/registrations/res/200/?$rid=w',
        payload: Buffer.from('{}'),
        qos: 1,
        retain: false,
      } as const;
      const gone = new Promise<void>((resolve) =>
        engine.state.journal.subscribe((_subject, { event }) => event.kind === 'disconnected' && resolve()),
      );
      const mortal = open();
      mortal.send(connectPacket(DEVICE, { will }));
      await next(mortal);
      mortal.send(ping);
      await next(mortal);
      mortal.destroy();
      await gone;
      listener.send(ping);
      expect((await next(listener)).cmd).toBe('pingresp');
    },
  ],
  [
    ['3.1.2-24'],
    'a client that is silent beyond one and a half keep-alives is disconnected',
    async () => {
      const raw = (await service()).open();
      raw.send(connectPacket(DEVICE, { keepalive: 1 }));
      await next(raw);
      expect(await raw.untilClosed()).toEqual([]);
    },
  ],
  [
    ['1.5.3-3', '4.7.3-4'],
    'U+FEFF and a letter that can be composed come back as they were sent',
    async () => {
      const odd = '\uFEFFe\u0301\u00E9';
      const answer = await reply(await subscribed(), frame(0x30, text(registerTopic(odd))));
      expect(answer).toMatchObject({ topic: expect.stringContaining(`$rid=${odd}`) });
    },
  ],
  [
    ['2.3.1-6', '3.3.4-1', '4.3.2-2', '4.6.0-2'],
    'PUBACKs have the ids of their PUBLISHes, in their order; QoS 0 has none',
    async () => {
      const raw = await connected();
      raw.send(frame(0x32, REGISTER, [0, 9]), frame(0x30, REGISTER), frame(0x32, REGISTER, [0, 5]), ping);
      const heard = [await next(raw), await next(raw), await next(raw)];
      expect(heard).toMatchObject([
        { cmd: 'puback', messageId: 9 },
        { cmd: 'puback', messageId: 5 },
        { cmd: 'pingresp' },
      ]);
    },
  ],
  [
    ['2.3.1-4', '3.3.1-3', '3.3.1-9', '3.3.2-3', '3.8.4-6'],
    'a reply has an id, no DUP and no RETAIN, whatever the request had, the granted QoS, and a topic that was subscribed',
    async () => {
      const answer = await reply(await subscribed(1), frame(0x3b, REGISTER, PACKET_ID));
      expect(answer).toMatchObject({ qos: 1, dup: false, retain: false });
      expect(answer.messageId).toBeGreaterThan(0);
      expect(answer).toMatchObject({ topic: expect.stringMatching(/^\$dps\/registrations\/res\//) });
    },
  ],
  [
    ['2.3.1-5', '4.3.1-1', '3.8.4-6'],
    'a reply with QoS 0 has no packet id and no DUP',
    async () => {
      const raw = await subscribed(0);
      const answer = await reply(raw, frame(0x32, REGISTER, PACKET_ID));
      expect(answer).toMatchObject({ qos: 0, dup: false });
      expect(answer).not.toHaveProperty('messageId');
    },
  ],
  [
    ['3.8.4-1', '3.8.4-2', '2.3.1-7', '3.8.4-4', '3.8.4-5', '3.9.3-1', '3.9.3-2', '3.8.3-2', '4.7.2-1'],
    'SUBACK has the id, and a return code for every filter, in their order, twice for one that comes twice',
    async () => {
      const raw = await connected();
      raw.send(subscribe(['#', 1], [RESPONSES, 2], ['+/registrations/res/#', 0], ['#', 0], [RESPONSES, 0], ['a', 1]));
      const expected = { cmd: 'suback', messageId: 7, granted: [128, 1, 128, 128, 0, 128] };
      expect(await next(raw)).toMatchObject(expected);
    },
  ],
  [
    ['3.8.4-3', '3.8.4-4'],
    'a filter that is subscribed again has the newer QoS',
    async () => {
      const raw = await subscribed(1);
      raw.send(subscribe([RESPONSES, 1], [RESPONSES, 0]));
      expect(await next(raw)).toMatchObject({ granted: [1, 0] });
      expect(await reply(raw, frame(0x30, REGISTER))).toMatchObject({ qos: 0 });
      raw.send(ping);
      expect((await next(raw)).cmd).toBe('pingresp');
    },
  ],
  [
    ['3.10.4-1', '3.10.4-2', '3.10.4-4', '3.10.4-5', '3.10.4-6', '2.3.1-7'],
    'UNSUBACK comes once, with the id, whatever was subscribed; only the very filter ends the replies',
    async () => {
      const raw = await subscribed();
      raw.send(unsubscribe('$dps/registrations/res/+', 'nothing'));
      expect(await next(raw)).toMatchObject({ cmd: 'unsuback', messageId: 7 });
      await reply(raw, frame(0x30, REGISTER));
      raw.send(unsubscribe('nothing', RESPONSES));
      expect(await next(raw)).toMatchObject({ cmd: 'unsuback', messageId: 7 });
      raw.send(frame(0x32, REGISTER, PACKET_ID), ping);
      expect([(await next(raw)).cmd, (await next(raw)).cmd]).toEqual(['puback', 'pingresp']);
    },
  ],
  [
    ['3.12.4-1', '6.0.0-2'],
    'PINGREQ is answered with PINGRESP, however it is cut',
    async () => {
      const raw = await connected();
      raw.send(ping.subarray(0, 1));
      raw.send(ping.subarray(1));
      expect((await next(raw)).cmd).toBe('pingresp');
    },
  ],
];

/** Held where a WebSocket is: test/mqtt/web-socket.test.ts. */
const WEB_SOCKET: Ids = ['6.0.0-1', '6.0.0-4'];

describe('ends the connection', () => {
  const first = FIRST.map(([ids, fact, bytes, returnCode]) => ({ ids, fact, bytes, returnCode }));
  it.each(first)('$ids as its first packet: $fact', async ({ bytes, returnCode }) => {
    const raw = (await service()).open();
    raw.send(bytes);
    const heard = await raw.untilClosed();
    const connack = { cmd: 'connack', returnCode, sessionPresent: false };
    expect(heard).toMatchObject(returnCode === undefined ? [] : [connack]);
    expect(heard).toHaveLength(returnCode === undefined ? 0 : 1);
  });

  it.each(LATER)('%j after its CONNECT: %s', async (_ids, _fact, bytes) => {
    const raw = await connected();
    raw.send(bytes);
    expect(await raw.untilClosed()).toEqual([]);
  });
});

describe('a dialogue', () => {
  it.each(DIALOGUES)('%j %s', async (_ids, _fact, run) => {
    await run();
  });
});

describe('docs/mqtt-conformance.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/mqtt-conformance.md'), 'utf8');
  const rows = page.split('\n').flatMap((line) => {
    const [, id = '', rule = '', here = '', note = ''] = line.split('|').map((cell) => cell.trim());
    return id.startsWith('MQTT-') ? [{ id: id.slice(5), rule, here, note }] : [];
  });
  const shown = new Set([...FIRST, ...LATER, ...DIALOGUES].flatMap(([ids]) => ids).concat(WEB_SOCKET));

  it('has every rule of Appendix B once', () => {
    const ids = Object.entries(APPENDIX_B).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}-${index + 1}`),
    );
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  it('says that a rule is kept where it is shown here, and nowhere else', () => {
    const held = rows.filter(({ here }) => here === 'kept' || here === 'broker').map(({ id }) => id);
    expect([...shown].toSorted()).toEqual(held.toSorted());
  });

  it('says why where a rule does not apply', () => {
    for (const { id, rule, here, note } of rows) {
      expect(rule, id).not.toBe('');
      expect(['kept', 'broker', 'not applicable'], id).toContain(here);
      if (here === 'not applicable') expect(note, id).not.toBe('');
    }
  });
});
