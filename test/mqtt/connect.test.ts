import { once } from 'node:events';
import type { IConnectPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { subjectName } from '../../emulator/wire/journal-subject.ts';
import { emulatorForFile, emulatorsForTests, SCOPE, tokenFor } from '../flows/support/emulators.ts';
import { connectDevice, expectPacket } from './support/mqtt-device.ts';
import { connectPacket, publishPacket, registerTopic, subscribePacket, userName } from './support/packets.ts';
import { openRaw } from './support/raw-client.ts';

const running = emulatorForFile();
const start = emulatorsForTests();
const DEVICE = { registrationId: 'my:Reg-02' };

function connack(returnCode: number) {
  return expect.objectContaining({ cmd: 'connack', returnCode, sessionPresent: false });
}

describe('CONNECT', () => {
  it.each<readonly [fact: string, spoilt: Partial<IConnectPacket>]>([
    [
      'with the parameters of every SDK',
      { username: userName(DEVICE, 'api-version=2019-03-31&ClientVersion=azure%2F1') },
    ],
    [
      'with a client version that holds slashes',
      { username: userName(DEVICE, 'api-version=2021-06-01&ClientVersion=a/b') },
    ],
    ['without a ClientVersion', { username: userName(DEVICE, 'api-version=2019-03-31') }],
    ['with the ClientVersion first', { username: userName(DEVICE, 'ClientVersion=1.0&api-version=2019-03-31') }],
    ['with a question mark before the parameters', { username: userName(DEVICE, '?api-version=2019-03-31') }],
    ['with clean session 0', { clean: false }],
    ['with a keep-alive', { keepalive: 230 }],
    [
      'with an api-version that nobody knows, which is refused at the register',
      { username: userName(DEVICE, 'api-version=1999-01-01') },
    ],
    [
      'for an ID scope that nobody knows, which is refused at the register',
      { username: userName({ ...DEVICE, idScope: 'x' }) },
    ],
    ['with a wrong password, which is refused at the register', { password: Buffer.from('nonsense') }],
  ])('is accepted %s', async (_fact, spoilt) => {
    const raw = await openRaw(running());
    raw.send(connectPacket(DEVICE, spoilt));
    expect(await raw.next()).toEqual(connack(0));
  });

  it('is accepted without a password, as X.509 devices send it', async () => {
    const raw = await openRaw(running());
    const { password: _none, ...packet } = connectPacket(DEVICE);
    raw.send(packet);
    expect(await raw.next()).toEqual(connack(0));
  });

  it.each([
    ['', 'is empty'],
    [SCOPE, 'has no registration id'],
    [`${SCOPE}/registrations`, 'has no registration id and no parameters'],
    [`${SCOPE}/registrations/my:Reg-02`, 'has no parameters'],
    [`${SCOPE}/registrations/my:Reg-02/`, 'has empty parameters'],
    [`${SCOPE}/registrations/my:Reg-02/ClientVersion=1`, 'has no api-version'],
    [`${SCOPE}/registrations/my:Reg-02/api-version=`, 'has an empty api-version'],
    [`${SCOPE}/registrations/my:Reg-02?api-version=2019-03-31`, 'has a ? in the place of the slash'],
    [`${SCOPE}/devices/my:Reg-02/api-version=2019-03-31`, 'has another word than registrations'],
    [`${SCOPE}/Registrations/my:Reg-02/api-version=2019-03-31`, 'has registrations in another case'],
    [`/registrations/my:Reg-02/api-version=2019-03-31`, 'has no ID scope'],
    [`${SCOPE}/registrations//api-version=2019-03-31`, 'has an empty registration id'],
  ])('is answered with CONNACK 4, and the end, when the user name "%s" %s', async (username) => {
    const emulator = await start();
    const raw = await openRaw(emulator);
    raw.send(connectPacket(DEVICE, { username }));
    expect(await raw.untilClosed()).toEqual([connack(4)]);
    const refusals = emulator.journal.timelines().flatMap(({ entries }) => entries.map(({ event }) => event));
    expect(refusals).toMatchObject([{ kind: 'refused', operation: 'connect', reason: 'user-name-invalid' }]);
  });

  it.each([
    ['hub-one.azure-devices.net/my:Reg-02/?api-version=2021-04-12', 'as C# and Python send it'],
    ['hub-one.azure-devices.net/my:Reg-02/api-version=2016-11-14', 'as older SDKs send it'],
    ['hub-one.azure-devices.net/my:Reg-02/module/?api-version=2021-04-12', 'of a module'],
    ['hub-one.azure-devices.net/my:Reg-02', 'without parameters'],
  ])("is answered with CONNACK 3 for a hub's user name, and told so: %s (%s)", async (username) => {
    const emulator = await start();
    const raw = await openRaw(emulator);
    raw.send(connectPacket(DEVICE, { username }));
    expect(await raw.untilClosed()).toEqual([connack(3)]);
    expect(emulator.journal.timelines()).toMatchObject([
      {
        kind: 'hub-device',
        hub: 'hub-one.azure-devices.net',
        deviceId: 'my:Reg-02',
        entries: [
          { event: { reason: 'hub-not-emulated', detail: expect.stringMatching(/not emulated yet.*CONNACK 3/) } },
        ],
      },
    ]);
  });

  it('is answered with CONNACK 4 when there is no user name at all', async () => {
    const raw = await openRaw(running());
    const { username: _none, password: _nor, ...packet } = connectPacket(DEVICE);
    raw.send(packet);
    expect(await raw.untilClosed()).toEqual([connack(4)]);
  });

  it.each([
    ['differs from the registration id', connectPacket(DEVICE, { clientId: 'another' })],
    ['is the registration id in another case', connectPacket(DEVICE, { clientId: 'MY:reg-02' })],
    ['carries the ID scope', connectPacket(DEVICE, { clientId: `${SCOPE}/my:Reg-02` })],
    ['is empty', connectPacket(DEVICE, { clientId: '' })],
  ])('is answered with CONNACK 2, and the end, when the client id %s', async (_fact, packet) => {
    const raw = await openRaw(running());
    raw.send(packet);
    expect(await raw.untilClosed()).toEqual([connack(2)]);
  });

  it('is on record under the listener when it names no registration', async () => {
    const emulator = await start();
    const raw = await openRaw(emulator);
    raw.send(connectPacket(DEVICE, { clientId: '' }));
    await raw.untilClosed();
    expect(emulator.journal.timelines()).toMatchObject([
      { kind: 'listener', listener: 'mqtt', entries: [{ event: { kind: 'refused', operation: 'connect' } }] },
    ]);
    expect(emulator.trace()).toEqual([]);
  });

  it('is answered with CONNACK 2 when the client id is empty and the session is to be kept', async () => {
    const raw = await openRaw(running());
    // mqtt-packet refuses to write this: no flags, keep-alive 0, a client id of no characters.
    raw.send(Buffer.from('100c00044d515454040000000000', 'hex'));
    expect(await raw.untilClosed()).toEqual([connack(2)]);
  });

  it.each([
    ['MQTT 3.1', '4d5149736470', 3],
    ['MQTT 5', '4d515454', 5],
    ['level 3 under the name of 3.1.1', '4d515454', 3],
    ['the bridge bit of a broker', '4d515454', 0x84],
  ])('is answered with CONNACK 1, and the end, for %s', async (_fact, nameHex, level) => {
    const raw = await openRaw(running());
    const name = Buffer.from(nameHex, 'hex');
    const clientId = Buffer.from('my:Reg-02');
    const properties = level === 5 ? Buffer.from([0]) : Buffer.alloc(0);
    const rest = Buffer.concat([
      Buffer.from([0, name.length]),
      name,
      Buffer.from([level, 0x02, 0, 60]),
      properties,
      Buffer.from([0, clientId.length]),
      clientId,
    ]);
    raw.send(Buffer.concat([Buffer.from([0x10, rest.length]), rest]));
    expect((await raw.untilClosed()).map((packet) => packet.cmd)).toEqual(['connack']);
    expect(raw.received()).toEqual(Buffer.from([0x20, 0x02, 0x00, 0x01]));
  });

  it('twice on one connection ends it', async () => {
    const raw = await openRaw(running());
    raw.send(connectPacket(DEVICE));
    await expectPacket(raw, 'connack');
    raw.send(connectPacket(DEVICE));
    expect(await raw.untilClosed()).toEqual([]);
  });

  it('is answered with CONNACK 5 for a refused credential where that is assumed, and with 0 for a good one', async () => {
    const emulator = await start({ assume: { 'credential-refusal': 'connack' } });
    const bad = await openRaw(emulator);
    bad.send(connectPacket(DEVICE, { password: Buffer.from(tokenFor(DEVICE, { ttlSeconds: -1 })) }));
    expect(await bad.untilClosed()).toEqual([connack(5)]);
    const timeline = emulator.journal.timeline(SCOPE, DEVICE.registrationId);
    expect(timeline?.entries.map(({ event }) => event)).toMatchObject([
      { kind: 'refused', operation: 'connect', detail: expect.stringMatching(/expired.*CONNACK 5/) },
    ]);
    const good = await connectDevice(emulator, DEVICE);
    expect(await good.provision()).toMatchObject({ status: 'assigned' });
  });
});

describe('a connection', () => {
  it('with keep-alive 0 stays when one with keep-alive 1 has been dropped for its silence', async () => {
    const emulator = await start();
    const patient = await connectDevice(emulator, DEVICE, { connect: { keepalive: 0 } });
    const hasty = await openRaw(emulator);
    hasty.send(connectPacket({ registrationId: 'hasty' }, { keepalive: 1 }));
    expect(await hasty.untilClosed()).toEqual([connack(0)]);
    const why = emulator.journal.timeline(SCOPE, 'hasty')?.entries.at(-1)?.event;
    expect(why).toMatchObject({ kind: 'disconnected', why: 'keep alive timeout' });
    expect(await patient.provision()).toMatchObject({ status: 'assigned' });
  });

  it('never resumes a session: no session present, no subscription and no stale message, with clean session 0 and 1', async () => {
    const emulator = await start();
    for (const clean of [false, false, true, false]) {
      const device = await openRaw(emulator);
      device.send(connectPacket(DEVICE, { clean }));
      expect(await device.next()).toEqual(connack(0));
      // Nothing of the connection before is there: the first thing to come is what is asked for now.
      device.send({ cmd: 'pingreq' });
      await expectPacket(device, 'pingresp');
      device.send(subscribePacket(1));
      await expectPacket(device, 'suback');
      device.send(publishPacket(registerTopic('x')));
      await expectPacket(device, 'puback');
      await expectPacket(device, 'publish');
      // Gone without an UNSUBSCRIBE, and without a PUBACK for the reply.
      device.destroy();
      await once(device.stream, 'close');
    }
  });

  it('has its will accepted and never published, not even to a device that listens', async () => {
    const emulator = await start();
    const listener = await connectDevice(emulator, { registrationId: 'listener' });
    const topic = '$dps/registrations/res/200/?$rid=will';
    const will = { topic, payload: Buffer.from('{}'), qos: 1, retain: true } as const;
    const mortal = await openRaw(emulator);
    mortal.send(connectPacket(DEVICE, { will }));
    expect(await mortal.next()).toEqual(connack(0));
    const gone = disconnectionOf(emulator, DEVICE.registrationId);
    mortal.destroy();
    await gone;
    const answer = await listener.ask(registerTopic('after'));
    expect(answer.topic).toContain('$rid=after');
    const later = await connectDevice(emulator, { registrationId: 'later' });
    expect((await later.ask(registerTopic('mine'))).topic).toContain('$rid=mine');
  });
});

type Emulator = Awaited<ReturnType<typeof start>>;

function disconnectionOf(emulator: Emulator, registrationId: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = emulator.journal.subscribe((subject, { event }) => {
      if (subjectName(subject) !== registrationId || event.kind !== 'disconnected') return;
      stop();
      resolve();
    });
  });
}
