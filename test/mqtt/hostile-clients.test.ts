import { once } from 'node:events';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { subjectName } from '../../emulator/wire/journal-subject.ts';
import { type Emulator, emulatorForFile, emulatorsForTests, SCOPE, tokenFor } from '../flows/support/emulators.ts';
import { unaffected } from '../flows/support/neighbours.ts';
import { answerIn, connectDevice, expectPacket } from './support/mqtt-device.ts';
import { connectPacket, publishPacket, registerTopic, subscribePacket } from './support/packets.ts';
import { type MqttTransport, openRaw, type RawClient } from './support/raw-client.ts';

const running = emulatorForFile();
const start = emulatorsForTests();
const DEVICE = { registrationId: 'hostile' };
const CONNECT = generate(connectPacket(DEVICE));

/** What a hostile client sends as its first bytes; each ends its connection without an answer. */
const FIRST_BYTES: readonly (readonly [fact: string, bytes: Buffer])[] = [
  ['random bytes', Buffer.from('9f3c00ff1704aa5501020304', 'hex')],
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a SUBSCRIBE before CONNECT', generate(subscribePacket(1))],
  ['a PUBLISH before CONNECT', generate(publishPacket(registerTopic('1')))],
  ['a CONNECT of another protocol', Buffer.from('100e0003465450040200000003646576', 'hex')],
  ['a CONNECT that ends in its protocol name', Buffer.from('100400044d51', 'hex')],
  ['a CONNECT without anything', Buffer.from('1000', 'hex')],
  ['a CONNECT whose client id is longer than the packet', Buffer.from('100c00044d5154540402003cffff', 'hex')],
  ['a CONNECT with the reserved flag', Buffer.from('100d00044d5154540403003c000161', 'hex')],
  ['a CONNECT of 1 MB, announced', Buffer.from('10808040', 'hex')],
  ['a length that never ends', Buffer.from('10ffffffffffff', 'hex')],
];

describe('a hostile client', () => {
  it.each([
    'mqtt',
    'mqtt-ws',
  ] as const)('that begins with nonsense over %s is cut off, and nobody else', async (via) => {
    const emulator = await start();
    await unaffected(emulator, async () => {
      for (const [fact, bytes] of FIRST_BYTES) {
        const raw = await openRaw(emulator, via);
        raw.send(bytes);
        expect(await raw.untilClosed(), fact).toEqual([]);
      }
    });
  });

  it('that sends a packet of 200 KB is cut off with the reason in the journal, and nobody else', async () => {
    const emulator = await start();
    await unaffected(emulator, async () => {
      const { raw } = await connectDevice(emulator, DEVICE);
      raw.send(publishPacket(registerTopic('1'), 'x'.repeat(200 * 1024)));
      expect(await raw.untilClosed()).toEqual([]);
    });
    const last = emulator.journal.timeline(SCOPE, DEVICE.registrationId)?.entries.at(-1)?.event;
    expect(last).toMatchObject({ kind: 'disconnected', why: expect.stringMatching(/^a packet of \d+ bytes/) });
  });

  it.each([
    ['JSON that nests 40,000 deep', 400, `{"payload":${'['.repeat(40_000)}${']'.repeat(40_000)}}`],
    ['a member named __proto__', 400, '{"__proto__":{"registrationId":5}}'],
    ['a payload with a member named __proto__', 202, '{"payload":{"__proto__":{"a":1}}}'],
    ['zero bytes', 400, '\0\0\0\0'],
  ])('that registers with %s gets %i from the service, and is assigned afterwards', async (_fact, status, body) => {
    const { ask, provision } = await connectDevice(running(), DEVICE);
    expect((await ask(registerTopic('1'), body)).status).toBe(status);
    expect(await provision()).toMatchObject({ status: 'assigned' });
  });

  it('that resets its connection at any point hurts nobody', async () => {
    const emulator = await start();
    const points: readonly ((raw: RawClient) => Promise<void>)[] = [
      async () => undefined,
      async (raw) => raw.send(CONNECT.subarray(0, 20)),
      async (raw) => raw.send(CONNECT),
      async (raw) => {
        raw.send(CONNECT);
        await expectPacket(raw, 'connack');
      },
      async (raw) => {
        raw.send(CONNECT, subscribePacket(1));
        await expectPacket(raw, 'connack');
      },
      async (raw) => raw.send(CONNECT, subscribePacket(1), publishPacket(registerTopic('1'))),
    ];
    await unaffected(emulator, async () => {
      for (const via of ['mqtt', 'mqtt-ws'] as const) {
        for (const reach of points) {
          const raw = await openRaw(emulator, via);
          await reach(raw);
          raw.destroy();
          await once(raw.stream, 'close');
        }
      }
    });
  });

  it('that never reads is cut off in the end, and nobody else', async () => {
    const emulator = await start();
    await unaffected(emulator, async () => {
      const { raw } = await connectDevice(emulator, DEVICE);
      const ended = disconnectionOf(emulator, DEVICE.registrationId);
      raw.stream.pause();
      // Its replies fill the buffers on the way, then what the emulator is ready to keep for it.
      const topic = registerTopic('r'.repeat(60_000));
      // With QoS 1 it would be made to wait: the next request is looked at once the PUBACK has left.
      for (let count = 0; count < 250; count += 1) raw.send({ ...publishPacket(topic, 'not JSON'), qos: 0 });
      expect(await ended).toMatch(/without reading replies/);
      raw.destroy();
    });
  });

  it('with nonsense for a password gets 401 as often as it asks, once a connection, and nobody else does', async () => {
    const emulator = await start();
    await unaffected(emulator, async () => {
      for (const password of [
        '',
        'x',
        'SharedAccessSignature ',
        'SharedAccessSignature sr=&sig=&se=',
        '\0'.repeat(500),
      ]) {
        const { ask } = await connectDevice(emulator, DEVICE, { connect: { password: Buffer.from(password) } });
        expect((await ask(registerTopic('1'))).body, password).toMatchObject({ errorCode: 401000 });
      }
    });
  });

  it.each([
    ['an unknown ID scope', { username: `nowhere/registrations/hostile/api-version=2021-06-01` }, 404, 404201],
    ['an unknown api-version', { username: `${SCOPE}/registrations/hostile/api-version=2017-01-01` }, 400, 400001],
    [
      'a registration id with a blank',
      { username: `${SCOPE}/registrations/a b/api-version=2021-06-01`, clientId: 'a b' },
      400,
      400004,
    ],
    ['a registration id of 129 characters', named('n'.repeat(129)), 400, 400004],
    ['a registration id of 60,000 characters', named('n'.repeat(60_000)), 400, 400004],
    ['a registration id that ends in a dot', named('dot.'), 400, 400004],
    ['a registration id that is a name of every object', named('constructor'), 202, undefined],
    ['a registration id of underscores', named('__proto__'), 400, 400004],
  ])('with %s gets the error of the service at its register, and nobody else does', async (...row) => {
    const [, connect, status, errorCode] = row;
    const emulator = running();
    const healthy = await connectDevice(emulator, { registrationId: 'healthy' });
    const { ask } = await connectDevice(emulator, DEVICE, { connect });
    const answer = await ask(registerTopic('1'));
    expect({ status: answer.status, errorCode: answer.body.errorCode }).toEqual({ status, errorCode });
    expect(await healthy.provision()).toMatchObject({ status: 'assigned' });
  });
});

describe('a slow client', () => {
  it.each<MqttTransport>(['mqtt', 'mqtt-ws'])('that sends every byte by itself over %s is served', async (via) => {
    const emulator = await start();
    const raw = await openRaw(emulator, via);
    const whole = [connectPacket(DEVICE), subscribePacket(2), publishPacket(registerTopic('1'), '{"payload":{"a":1}}')];
    for (const byte of Buffer.concat(whole.map((packet) => generate(packet)))) {
      raw.stream.write(Buffer.from([byte]));
      // Each byte leaves before the next one is written.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expectPacket(raw, 'connack');
    expect((await expectPacket(raw, 'suback')).granted).toEqual([1]);
    await expectPacket(raw, 'puback');
    expect(answerIn(await expectPacket(raw, 'publish')).status).toBe(202);
  });
});

describe('a crowd', () => {
  it('of 60 devices at once is assigned, each with its own answer', async () => {
    const emulator = await start();
    const ids = Array.from({ length: 60 }, (_, index) => `crowd-${index}`);
    const devices = await Promise.all(ids.map((registrationId) => connectDevice(emulator, { registrationId })));
    const bodies = await Promise.all(devices.map((device) => device.provision()));
    expect(bodies.map((body) => body.registrationState)).toMatchObject(ids.map((deviceId) => ({ deviceId })));
  });
});

function named(registrationId: string) {
  const token = tokenFor({ registrationId });
  return {
    clientId: registrationId,
    username: `${SCOPE}/registrations/${registrationId}/api-version=2021-06-01`,
    password: Buffer.from(token),
  };
}

function disconnectionOf(emulator: Emulator, registrationId: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const stop = emulator.journal.subscribe((subject, { event }) => {
      if (subjectName(subject) !== registrationId || event.kind !== 'disconnected') return;
      stop();
      resolve(event.why);
    });
  });
}
