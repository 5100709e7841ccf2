import type { QoS } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { subjectName } from '../../emulator/wire/journal-subject.ts';
import { type Emulator, emulatorsForTests, SCOPE } from '../flows/support/emulators.ts';
import { connectDevice, expectPacket } from './support/mqtt-device.ts';
import { connectPacket, publishPacket, RESPONSES, registerTopic, subscribePacket } from './support/packets.ts';
import { openRaw, type RawClient } from './support/raw-client.ts';

const start = emulatorsForTests();
const DEVICE = { registrationId: 'dev-1' };

async function connected(emulator: Emulator): Promise<RawClient> {
  const raw = await openRaw(emulator);
  raw.send(connectPacket(DEVICE));
  await expectPacket(raw, 'connack');
  return raw;
}

describe('SUBSCRIBE', () => {
  it.each<readonly [asked: QoS, granted: number]>([
    [0, 0],
    [1, 1],
    [2, 1],
  ])('to the responses with QoS %i is granted %i, and replies come with that QoS', async (asked, granted) => {
    const raw = await connected(await start());
    raw.send(subscribePacket(asked));
    expect((await expectPacket(raw, 'suback')).granted).toEqual([granted]);
    raw.send(publishPacket(registerTopic('1')));
    await expectPacket(raw, 'puback');
    expect(await expectPacket(raw, 'publish')).toMatchObject({ qos: granted, retain: false, dup: false });
  });

  it.each([
    ['#', 'everything'],
    ['$dps/#', 'everything of DPS'],
    ['$dps/registrations/res/+/?$rid=1', 'one reply'],
    ['$dps/registrations/res', 'the responses without the #'],
    ['$dps/registrations/RES/#', 'another case'],
    ['$dps/registrations/PUT/#', "other devices' requests"],
    ['$share/group/$dps/registrations/res/#', 'a shared subscription'],
    ['$SYS/#', "the broker's own topics"],
    ['devices/dev-1/messages/devicebound/#', "a hub's topics"],
  ])('to "%s" (%s) is answered with 0x80, and the connection goes on', async (filter) => {
    const emulator = await start();
    const raw = await connected(emulator);
    raw.send(subscribePacket(1, filter));
    expect((await expectPacket(raw, 'suback')).granted).toEqual([0x80]);
    raw.send(subscribePacket(1));
    expect((await expectPacket(raw, 'suback')).granted).toEqual([1]);
    const events = emulator.journal.timeline(SCOPE, 'dev-1')?.entries.map(({ event }) => event);
    expect(events).toMatchObject([
      { kind: 'connected' },
      { kind: 'refused', operation: 'connect', reason: 'filter-not-allowed', detail: expect.stringContaining(filter) },
    ]);
  });

  it('with several filters is answered filter by filter, in their order', async () => {
    const raw = await connected(await start());
    const subscriptions = [
      { topic: '#', qos: 2 },
      { topic: RESPONSES, qos: 2 },
      { topic: '$dps/other', qos: 0 },
    ] as const;
    raw.send({ cmd: 'subscribe', messageId: 9, subscriptions: [...subscriptions] });
    expect(await expectPacket(raw, 'suback')).toMatchObject({ messageId: 9, granted: [0x80, 1, 0x80] });
    raw.send(publishPacket(registerTopic('1')));
    await expectPacket(raw, 'puback');
    await expectPacket(raw, 'publish');
  });

  it('again with another QoS changes the QoS of the replies', async () => {
    const { raw, ask } = await connectDevice(await start(), DEVICE, { qos: 1 });
    expect((await ask(registerTopic('1'))).qos).toBe(1);
    raw.send(subscribePacket(0));
    await expectPacket(raw, 'suback');
    expect((await ask(registerTopic('2'))).qos).toBe(0);
  });

  it('of which the filter is malformed ends the connection', async () => {
    const raw = await connected(await start());
    raw.send(subscribePacket(1, '$dps/registrations/#/res'));
    expect(await raw.untilClosed()).toEqual([]);
  });
});

describe('a device that is not subscribed', () => {
  it('gets its PUBACK and no reply, and hears nothing of it when it subscribes later', async () => {
    const emulator = await start();
    const raw = await connected(emulator);
    const replied = replyTo(emulator, DEVICE.registrationId);
    raw.send(publishPacket(registerTopic('unheard')));
    await expectPacket(raw, 'puback');
    await replied;
    raw.send(subscribePacket(1));
    await expectPacket(raw, 'suback');
    raw.send(publishPacket(registerTopic('heard')));
    await expectPacket(raw, 'puback');
    expect((await expectPacket(raw, 'publish')).topic).toContain('$rid=heard');
  });

  it('gets none either after an UNSUBSCRIBE, which is acknowledged', async () => {
    const emulator = await start();
    const { raw, ask } = await connectDevice(emulator, DEVICE);
    await ask(registerTopic('1'));
    raw.send({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: [RESPONSES] });
    expect(await expectPacket(raw, 'unsuback')).toMatchObject({ messageId: 5 });
    const replied = replyTo(emulator, DEVICE.registrationId);
    raw.send(publishPacket(registerTopic('2')));
    await expectPacket(raw, 'puback');
    await replied;
    raw.send({ cmd: 'pingreq' });
    await expectPacket(raw, 'pingresp');
  });
});

function replyTo(emulator: Emulator, registrationId: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = emulator.journal.subscribe((subject, { event }) => {
      if (subjectName(subject) !== registrationId || event.kind !== 'replied') return;
      stop();
      // The reply itself would be written in the turn that follows the entry.
      setImmediate(resolve);
    });
  });
}
