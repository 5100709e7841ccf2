import { describe, expect, it } from 'vitest';
import { emulatorsForTests, HUB, OTHER_HUB, OTHER_SCOPE, SCOPE, tokenFor } from '../flows/support/emulators.ts';
import { connectDevice, type MqttDevice } from './support/mqtt-device.ts';
import { pollTopic, registerTopic } from './support/packets.ts';

const start = emulatorsForTests();

/** Asks nothing more: what is in the inbox before the PINGRESP is too much. */
async function expectSilence({ raw }: MqttDevice): Promise<void> {
  raw.send({ cmd: 'pingreq' });
  expect(await raw.next()).toMatchObject({ cmd: 'pingresp' });
}

describe('a reply', () => {
  it('reaches the client that asked and no other, with the same $rid on both', async () => {
    const emulator = await start();
    const ids = ['dev-1', 'dev-2', 'dev-3'];
    const devices = await Promise.all(ids.map((registrationId) => connectDevice(emulator, { registrationId })));
    const bodies = await Promise.all(devices.map((device) => device.provision()));
    expect(bodies.map((body) => body.registrationState)).toMatchObject(ids.map((deviceId) => ({ deviceId })));
    for (const device of devices) await expectSilence(device);
  });

  it('reaches the right one of two devices with one registration id in two ID scopes', async () => {
    const emulator = await start();
    const registrationId = 'twin-named';
    const one = await connectDevice(emulator, { registrationId, idScope: SCOPE });
    const two = await connectDevice(emulator, { registrationId, idScope: OTHER_SCOPE });
    const [first, second] = await Promise.all([one.provision(), two.provision()]);
    expect(first).toMatchObject({ registrationState: { assignedHub: HUB } });
    expect(second).toMatchObject({ registrationState: { assignedHub: OTHER_HUB } });
    expect(first.operationId).not.toBe(second.operationId);
    for (const device of [one, two]) await expectSilence(device);
  });

  it('to many requests of one client comes once for each', async () => {
    const device = await connectDevice(await start(), { registrationId: 'busy' });
    const rids = Array.from({ length: 50 }, (_, index) => `rid-${index}`);
    const seen: string[] = [];
    for (const rid of rids) seen.push((await device.ask(registerTopic(rid))).topic);
    expect(seen.map((topic) => /\$rid=([^&]*)/.exec(topic)?.[1])).toEqual(rids);
    await expectSilence(device);
  });
});

describe('an operation id', () => {
  it('is of no use to another device, nor in another ID scope', async () => {
    const emulator = await start();
    const owner = await connectDevice(emulator, { registrationId: 'owner' });
    const operationId = String((await owner.provision()).operationId);
    const thief = await connectDevice(emulator, { registrationId: 'thief' });
    const namesake = await connectDevice(emulator, { registrationId: 'owner', idScope: OTHER_SCOPE });
    for (const other of [thief, namesake]) {
      const { status, body } = await other.ask(pollTopic('1', operationId), ' ');
      expect({ status, errorCode: body.errorCode }).toEqual({ status: 404, errorCode: 404203 });
    }
    expect((await owner.ask(pollTopic('1', operationId), ' ')).status).toBe(200);
  });
});

describe('a refused credential', () => {
  it.each([
    ['expired', 401002, { ttlSeconds: -10 }],
    ['signed with another key', 401002, { key: Buffer.from('another key').toString('base64') }],
    ['for another registration', 401002, { registrationId: 'someone-else' }],
  ])('(%s) is answered to the register and to the poll with 401 and %i', async (_fact, errorCode, options) => {
    const emulator = await start();
    const identity = { registrationId: 'dev-1' };
    const password = Buffer.from(tokenFor(identity, options));
    for (const topic of [registerTopic('1'), pollTopic('1', 'x')]) {
      const { ask } = await connectDevice(emulator, identity, { connect: { password } });
      const answer = await ask(topic, ' ');
      expect(answer.topic).toBe('$dps/registrations/res/401/?$rid=1');
      expect(answer.body).toMatchObject({ errorCode, message: 'Unauthorized' });
    }
  });
});
