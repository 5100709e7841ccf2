import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import { emulatorForFile, emulatorsForTests, SCOPE, setUpForDevices } from '../flows/support/emulators.ts';
import { connectDevice, expectPacket, take } from './support/mqtt-device.ts';
import { pollTopic, publishPacket, registerTopic } from './support/packets.ts';

const running = emulatorForFile({ retryAfterSeconds: 3 });
const start = emulatorsForTests();
const DEVICE = { registrationId: 'dev-1' };
const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const OPERATION_ID = new RegExp(`^[45]\\.[0-9a-f]{16}\\.${GUID}$`);

describe('a register', () => {
  it('is answered with 202, $rid first and retry-after second, and a body of exactly two members', async () => {
    const { ask } = await connectDevice(running(), DEVICE);
    const answer = await ask(registerTopic('c0ffee'));
    expect(answer.topic).toBe('$dps/registrations/res/202/?$rid=c0ffee&retry-after=3');
    expect(answer.body).toEqual({ operationId: expect.stringMatching(OPERATION_ID), status: 'assigning' });
    expect(Object.keys(answer.body)).toEqual(['operationId', 'status']);
  });

  it('is acknowledged first and answered then, byte by byte', async () => {
    const { raw } = await connectDevice(running(), DEVICE);
    const before = raw.received().length;
    for (let messageId = 100; messageId < 120; messageId += 1) {
      raw.send(publishPacket(registerTopic(String(messageId)), '', { messageId }));
    }
    const packets = await take(raw, 40);
    for (let messageId = 100; messageId < 120; messageId += 1) {
      const ack = packets.findIndex((packet) => packet.cmd === 'puback' && packet.messageId === messageId);
      const reply = packets.findIndex((p) => p.cmd === 'publish' && p.topic.includes(`$rid=${messageId}&`));
      expect(ack).toBeGreaterThanOrEqual(0);
      expect(ack, `PUBACK of ${messageId}`).toBeLessThan(reply);
    }
    expect(raw.received().subarray(before, before + 4)).toEqual(Buffer.from([0x40, 0x02, 0x00, 100]));
  });

  it('with QoS 0 is answered without a PUBACK', async () => {
    const { raw } = await connectDevice(running(), DEVICE);
    raw.send({ ...publishPacket(registerTopic('1')), qos: 0 });
    expect(await expectPacket(raw, 'publish')).toMatchObject({ qos: 1 });
  });

  it('that is repeated with the DUP flag is answered', async () => {
    const { ask } = await connectDevice(running(), DEVICE);
    expect((await ask(registerTopic('1'), '', { dup: true })).status).toBe(202);
  });

  it('that is to be retained is answered, and reaches nobody later', async () => {
    const emulator = await start();
    const first = await connectDevice(emulator, DEVICE);
    expect((await first.ask(registerTopic('1'), '{}', { retain: true })).status).toBe(202);
    const second = await connectDevice(emulator, { registrationId: 'dev-2' });
    expect((await second.ask(registerTopic('2'))).topic).toContain('$rid=2');
  });

  it.each([
    ['$dps/registrations/PUT/iotdps-register/?$rid=', '', 'an empty $rid'],
    ['$dps/registrations/PUT/iotdps-register/?rid=1', '', 'rid without its $'],
    ['$dps/registrations/PUT/iotdps-register/', '', 'no parameters at all'],
    [
      '$dps/registrations/PUT/iotdps-register/?$rid=a/b.c-d_e%2F',
      'a/b.c-d_e%2F',
      'any characters, echoed as they came',
    ],
    ['$dps/registrations/PUT/iotdps-register/?x=1&$rid=7', '7', '$rid behind another parameter'],
    [`$dps/registrations/PUT/iotdps-register/?$rid=${'r'.repeat(20_000)}`, 'r'.repeat(20_000), '20,000 characters'],
  ])('to %.60s is answered with $rid=%.20s (%s)', async (topic, rid) => {
    const { ask } = await connectDevice(running(), DEVICE);
    expect((await ask(topic)).topic).toBe(`$dps/registrations/res/202/?$rid=${rid}&retry-after=3`);
  });

  it.each([
    ['nothing, as C# sends it', ''],
    ['a space', ' '],
    ['the id alone', '{"registrationId":"dev-1"}'],
    ['the id in another case', '{"registrationId":"DEV-1"}'],
    ['an object payload, as Node and C send it', '{"registrationId":"dev-1","payload":{"a":"b"}}'],
    ['a text payload, as Java sends it', '{"registrationId":"dev-1","payload":"{\\"a\\":1}"}'],
    ['a null payload, as Python sends it', '{"payload": null, "registrationId": "dev-1"}'],
    ['a list payload', '{"payload":[1,2,3]}'],
    ['members in another case, as a Go client sends them', '{"RegistrationId":"dev-1","Payload":{"y":1}}'],
    ['bytes that are no UTF-8 inside a text', Buffer.from('{"payload": "\xff"}', 'latin1')],
  ])('may carry %s', async (_fact, payload) => {
    const { ask } = await connectDevice(running(), DEVICE);
    expect((await ask(registerTopic('1'), payload)).body).toMatchObject({ status: 'assigning' });
  });
});

describe('a poll', () => {
  it.each([
    ['a space, as Node and Python send it', ' '],
    ['nothing, as Java and C# send it', ''],
    ['the register body, as C sends it', '{"registrationId":"dev-1","payload":{"a":"b"}}'],
    ['anything else', '<never read>'],
  ])('may carry %s; it is answered with 200, no retry-after, and the assignment', async (_fact, payload) => {
    const { ask, provision } = await connectDevice(running(), DEVICE);
    const { operationId } = await provision();
    const answer = await ask(pollTopic('p', String(operationId)), payload);
    expect(answer.topic).toBe('$dps/registrations/res/200/?$rid=p');
    expect(answer.body).toMatchObject({ status: 'assigned', registrationState: { deviceId: 'dev-1' } });
  });

  it('before the end is answered with 202 and the state so far', async () => {
    const webhook = await startStandIn([{ kind: 'hang' }]);
    const custom = {
      allocationPolicy: 'custom',
      customAllocationDefinition: { webhookUrl: webhook.url, apiVersion: '2021-10-01' },
    };
    const emulator = await start({ setUp: setUpForDevices(custom), retryAfterSeconds: 3 });
    const { ask } = await connectDevice(emulator, DEVICE);
    const { operationId } = (await ask(registerTopic('1'))).body;
    const answer = await ask(pollTopic('2', String(operationId)), ' ');
    expect(answer.topic).toBe('$dps/registrations/res/202/?$rid=2&retry-after=3');
    const registrationState = { registrationId: 'dev-1', status: 'assigning' };
    expect(answer.body).toEqual({ operationId, status: 'assigning', registrationState });
    await webhook.stop();
  });

  it('takes its parameters in any order', async () => {
    const { ask, provision } = await connectDevice(running(), DEVICE);
    const { operationId } = await provision();
    const topic = `$dps/registrations/GET/iotdps-get-operationstatus/?operationId=${operationId}&$rid=9`;
    expect((await ask(topic, ' ')).topic).toBe('$dps/registrations/res/200/?$rid=9');
  });
});

describe('an error', () => {
  it.each([
    ['JSON that is none', registerTopic('1'), '{"registrationId":', 400, 400012, 'Deserialization error.'],
    ['JSON that is no object', registerTopic('1'), '[1]', 400, 400012, 'Deserialization error.'],
    ['a member that nobody knows', registerTopic('1'), '{"modelId":"m"}', 400, 400012, 'Deserialization error.'],
    ['another id in the body', registerTopic('1'), '{"registrationId":"dev-2"}', 400, 400004, 'BadRequest'],
    ['an id that is no text', registerTopic('1'), '{"registrationId":5}', 400, 400012, 'Deserialization error.'],
    ['a body over 96 KB', registerTopic('1'), `{"payload":"${'x'.repeat(96 * 1024)}"}`, 400, 400004, 'BadRequest'],
    ['a poll body over 96 KB', pollTopic('1', 'x'), 'x'.repeat(96 * 1024 + 1), 400, 400004, 'BadRequest'],
    [
      'an operation that is unknown',
      pollTopic('1', '4.0011223344556677.nope'),
      ' ',
      404,
      404203,
      'Operation not found.',
    ],
    ['an operation id that is very long', pollTopic('1', 'o'.repeat(30_000)), ' ', 404, 404203, 'Operation not found.'],
    ['an operation id that is empty', pollTopic('1', ''), ' ', 400, 400004, 'BadRequest'],
    ['no operation id', '$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1', ' ', 400, 400004, 'BadRequest'],
  ])('for %s has its status in the topic and the service body, and the connection goes on', async (...row) => {
    const [, topic, payload, status, errorCode, message] = row;
    const { journal } = running();
    journal.clear();
    const { ask, provision } = await connectDevice(running(), DEVICE);
    const answer = await ask(topic, payload);
    // Whatever refuses it, the journal says why, once.
    const [{ entries } = { entries: [] }] = journal.timelines();
    expect(entries.flatMap(({ event }) => (event.kind === 'refused' ? [event.detail] : []))).toHaveLength(1);
    expect(answer.topic).toBe(`$dps/registrations/res/${status}/?$rid=1`);
    expect(answer.body).toEqual({
      errorCode,
      trackingId: errorCode === 400012 ? '' : expect.stringMatching(new RegExp(`^${GUID}$`)),
      message,
      timestampUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?Z$/),
    });
    expect(await provision()).toMatchObject({ status: 'assigned' });
  });

  it('is not answered to 96 KB exactly', async () => {
    const { ask } = await connectDevice(running(), DEVICE);
    const frame = '{"payload":""}'.length;
    const payload = `{"payload":"${'x'.repeat(96 * 1024 - frame)}"}`;
    expect((await ask(registerTopic('1'), payload)).status).toBe(202);
  });
});

describe('a publish', () => {
  it.each([
    ['', 'no topic'],
    ['hello', 'a topic of its own'],
    ['$dps/registrations/PUT/iotdps-register', 'the register topic without its last slash'],
    ['$dps/registrations/PUT/iotdps-register?$rid=1', 'the register topic without the slash before the ?'],
    ['$dps/registrations/GET/iotdps-register/?$rid=1', 'register with GET'],
    ['$dps/registrations/PUT/iotdps-register/more/?$rid=1', 'a longer topic'],
    ['$dps/registrations/POST/iotdps-get-registration/?$rid=1', 'the look-up, which MQTT does not have'],
    ['$dps/registrations/res/200/?$rid=1', 'a reply'],
    ['$DPS/registrations/PUT/iotdps-register/?$rid=1', 'another case'],
    ['$SYS/x', 'a topic of the broker'],
    ['$iothub/twin/GET/?$rid=1', 'a topic of a hub'],
    ['devices/dev-1/messages/events/', 'telemetry'],
    ['$dps/registrations/PUT/iotdps-register/?$rid=+', 'a wildcard'],
    [`${'a/'.repeat(200)}`, 'two hundred levels'],
  ])('to "%.60s" (%s) ends the connection without a PUBACK, and reaches nobody', async (topic) => {
    const emulator = running();
    const { raw } = await connectDevice(emulator, DEVICE);
    const listener = await connectDevice(emulator, { registrationId: 'listener' });
    raw.send(publishPacket(topic, '{}'));
    expect(await raw.untilClosed()).toEqual([]);
    expect((await listener.ask(registerTopic('mine'))).topic).toContain('$rid=mine');
  });

  it('with QoS 2 ends the connection without a PUBREC, and its reason is in the journal', async () => {
    const emulator = await start();
    const { raw } = await connectDevice(emulator, DEVICE);
    raw.send(publishPacket(registerTopic('1'), '', { qos: 2 }));
    expect(await raw.untilClosed()).toEqual([]);
    const events = emulator.journal.timeline(SCOPE, 'dev-1')?.entries.map(({ event }) => event);
    expect(events).toMatchObject([
      { kind: 'connected' },
      { kind: 'refused', reason: 'publish-refused', detail: expect.stringContaining('QoS 2') },
      { kind: 'disconnected', why: expect.stringContaining('QoS 2') },
    ]);
  });

  it.each([
    ['QoS 3', Buffer.concat([Buffer.from([0x36]), generate(publishPacket(registerTopic('1'))).subarray(1)])],
    ['packet type 0', Buffer.from([0x00, 0x00])],
    ['packet type 15', Buffer.from([0xf0, 0x00])],
    ['a SUBSCRIBE without a filter', Buffer.from([0x82, 0x02, 0x00, 0x01])],
    ['a SUBSCRIBE whose filter is longer than the packet', Buffer.from([0x82, 0x05, 0x00, 0x01, 0xff, 0xff, 0x61])],
    ['a SUBSCRIBE with QoS 3', Buffer.from([0x82, 0x06, 0x00, 0x01, 0x00, 0x01, 0x61, 0x03])],
    ['a PUBLISH whose topic is longer than the packet', Buffer.from([0x30, 0x03, 0xff, 0xff, 0x61])],
    ['a length of five bytes', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01])],
    ['200 KB, announced', Buffer.from([0x30, 0xc0, 0x9a, 0x0c])],
  ])('or what looks like one, with %s, ends the connection', async (_fact, bytes) => {
    const { raw } = await connectDevice(running(), DEVICE);
    raw.send(bytes);
    expect(await raw.untilClosed()).toEqual([]);
  });
});
