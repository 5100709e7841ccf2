/** Several clients with one client id: who proves nothing disturbs nobody. */
import { describe, expect, it } from 'vitest';
import {
  BLOCKED,
  type Emulator,
  emulatorsForTests,
  GROUP_KEY,
  OTHER_SCOPE,
  SCOPE,
  tokenFor,
} from '../flows/support/emulators.ts';
import { connectDevice, type MqttDevice } from './support/mqtt-device.ts';
import { connectPacket, RESPONSES, registerTopic } from './support/packets.ts';
import { openRaw } from './support/raw-client.ts';

const start = emulatorsForTests();
const DEVICE = { registrationId: 'my:Reg-05' };
const WRONG_KEY = Buffer.from('another key').toString('base64');

/** What an impostor may show instead of a good credential. */
const IMPOSTORS: readonly (readonly [fact: string, password: string | undefined])[] = [
  ['a token signed with another key', tokenFor(DEVICE, { key: WRONG_KEY })],
  ['a token that has expired', tokenFor(DEVICE, { ttlSeconds: -10 })],
  ["another device's token", tokenFor({ registrationId: 'another' })],
  ["another scope's token", tokenFor({ ...DEVICE, idScope: OTHER_SCOPE })],
  ['nonsense', 'nonsense'],
  ['no password', undefined],
];

function impostor(emulator: Emulator, password: string | undefined, device = DEVICE): Promise<MqttDevice> {
  const connect = { password: password === undefined ? undefined : Buffer.from(password) };
  return connectDevice(emulator, device, { connect } as { connect: { password: Buffer } });
}

async function isServed({ ask, provision }: MqttDevice): Promise<void> {
  expect((await ask(registerTopic('alive'))).status).toBe(202);
  expect(await provision()).toMatchObject({ status: 'assigned' });
}

/** The connection is there: it answers a ping. */
async function isThere({ raw }: MqttDevice): Promise<void> {
  raw.send({ cmd: 'pingreq' });
  expect(await raw.next()).toMatchObject({ cmd: 'pingresp' });
}

describe('a client with the id of one that is connected', () => {
  it.each(IMPOSTORS)('and %s neither disturbs it nor is disturbed by it', async (_fact, password) => {
    const emulator = await start();
    const before = await impostor(emulator, password);
    const good = await connectDevice(emulator, DEVICE, { transport: 'mqtt-ws' });
    const after = await impostor(emulator, password);
    await isServed(good);
    expect((await after.ask(registerTopic('1'))).status).toBe(401);
    await isServed(good);
    // Whoever was there before a good one with its id had to go. [MQTT-3.1.4-2]
    expect(await before.raw.untilClosed()).toEqual([]);
    const ends = emulator.journal.timeline(SCOPE, DEVICE.registrationId)?.entries.map(({ event }) => event);
    expect(ends?.filter(({ kind }) => kind === 'disconnected')).toMatchObject([
      { why: expect.stringContaining('newer connection') },
    ]);
  });

  it('of a disabled individual enrollment proves nothing with its good key', async () => {
    const emulator = await start();
    const device = { registrationId: BLOCKED };
    const first = await impostor(emulator, tokenFor(device, { key: GROUP_KEY }), device);
    await impostor(emulator, tokenFor(device, { key: GROUP_KEY }), device);
    await isThere(first);
  });

  it('and a good credential takes its place, over whichever transport, and no other', async () => {
    const emulator = await start();
    const older = await connectDevice(emulator, DEVICE);
    const elsewhere = await connectDevice(emulator, { ...DEVICE, idScope: OTHER_SCOPE });
    const other = await connectDevice(emulator, { registrationId: 'other' });
    const newer = await connectDevice(emulator, DEVICE, { transport: 'mqtt-ws' });
    expect(await older.raw.untilClosed()).toEqual([]);
    for (const device of [elsewhere, other, newer]) await isServed(device);
    const newest = await connectDevice(emulator, DEVICE);
    expect(await newer.raw.untilClosed()).toEqual([]);
    await isServed(newest);
  });

  it('and a good credential stands beside it where that is assumed', async () => {
    const emulator = await start({ assume: { 'same-client-id': 'both' } });
    const older = await connectDevice(emulator, DEVICE);
    const newer = await connectDevice(emulator, DEVICE);
    for (const device of [older, newer]) await isServed(device);
  });

  it('does not take its place when its CONNECT is refused', async () => {
    const emulator = await start();
    const device = await connectDevice(emulator, DEVICE);
    const refused = await openRaw(emulator);
    refused.send(connectPacket({ registrationId: 'someone' }, { clientId: DEVICE.registrationId }));
    expect((await refused.untilClosed()).map(({ cmd }) => cmd)).toEqual(['connack']);
    await isServed(device);
  });
});

describe('a connection whose request was answered with 401', () => {
  it('is closed, and is answered up to its end: an SDK may take its leave', async () => {
    const emulator = await start();
    const { ask, raw } = await impostor(emulator, 'nonsense');
    expect((await ask(registerTopic('1'))).status).toBe(401);
    raw.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: [RESPONSES] });
    expect(await raw.untilClosed()).toMatchObject([{ cmd: 'unsuback', messageId: 9 }]);
  });
});

it('one good device among impostors with its id, before it and after it, misses nothing', async () => {
  const emulator = await start();
  const crowd = () =>
    IMPOSTORS.map(async ([, password]) => {
      const { ask } = await impostor(emulator, password);
      return (await ask(registerTopic('x'))).status;
    });
  // Those who are there first may lose their connection to the good one.
  const before = Promise.allSettled(crowd());
  const good = await connectDevice(emulator, DEVICE);
  const after = Promise.all(crowd());
  for (let count = 0; count < 5; count += 1) await isServed(good);
  await before;
  expect(await after).toEqual(IMPOSTORS.map(() => 401));
  await isServed(good);
});
