/** The frames that were captured from the C and the Node SDK, fed as they were. [dps-device-protocol §1.2, §4, §11] */
import { describe, expect, it } from 'vitest';
import { emulatorsForTests } from '../flows/support/emulators.ts';
import { answerIn, expectPacket, take } from './support/mqtt-device.ts';
import { pollTopic, publishPacket } from './support/packets.ts';
import { openRaw } from './support/raw-client.ts';

const start = emulatorsForTests();

/** The tokens of the captures have an hour of their own. */
const CAPTURED = { startTime: '2026-11-23T02:30:00Z', authClock: 'emulator', retryAfterSeconds: 3 } as const;

const C = {
  connect: [
    '\x10\x82\x02\x00\x04MQTT\x04\xc2\x00\x00\x00\x09my:Reg-01',
    '\x00\x4f0ne00000001/registrations/my:Reg-01/api-version=2021-06-01&ClientVersion=1.15.0',
    '\x00\x9aSharedAccessSignature sr=0ne00000001%2fregistrations%2fmy%3aReg-01',
    '&sig=FNDIxpE9%2bmAfsMBxv%2fzXD%2fB7Q3YKH4Jl8ntkw86W5dI%3d&se=1795402816&skn=registration',
  ].join(''),
  subscribe: '\x82\x1d\x00\x01\x00\x18$dps/registrations/res/#\x01',
  register:
    '\x30\x62\x00\x2e$dps/registrations/PUT/iotdps-register/?$rid=1{"registrationId":"my:Reg-01","payload":{"a":"b"}}',
  disconnect: '\xe0\x00',
};

const NODE = {
  connect: [
    '\x10\x99\x02\x00\x04MQTT\x04\xc2\x00\xb4\x00\x09my:Reg-01',
    '\x00\x6e0ne00000001/registrations/my:Reg-01/api-version=2019-03-31',
    '&ClientVersion=azure-iot-provisioning-device%2F1.9.1',
    '\x00\x92SharedAccessSignature sr=0ne00000001/registrations/my:Reg-01',
    '&sig=M3VV81iT2yb0aZQDivDCIDfbpbMy8DonBF%2FBMI%2Fp3lg%3D&skn=registration&se=1795403827',
  ].join(''),
  subscribe: '\x82\x1d\x5a\x01\x00\x18$dps/registrations/res/#\x01',
};

describe('the frames of the C SDK', () => {
  it('lead to an assignment, byte for byte as in the capture', async () => {
    const raw = await openRaw(await start(CAPTURED));
    raw.send(C.connect);
    await expectPacket(raw, 'connack');
    expect(raw.received()).toEqual(Buffer.from('20020000', 'hex'));
    raw.send(C.subscribe);
    await expectPacket(raw, 'suback');
    expect(raw.received().subarray(4)).toEqual(Buffer.from('9003000101', 'hex'));

    const before = raw.received().length;
    raw.send(C.register);
    const reply = await expectPacket(raw, 'publish');
    const messageId = Buffer.from([(reply.messageId ?? 0) >> 8, (reply.messageId ?? 0) & 0xff]);
    const body = reply.payload.toString();
    expect(body).toMatch(
      /^{"operationId":"[45]\.[0-9a-f]{16}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}","status":"assigning"}$/,
    );
    expect(body).toHaveLength(94);
    const topic = '\x00\x30$dps/registrations/res/202/?$rid=1&retry-after=3';
    const expected = Buffer.concat([
      // 2 + 48 bytes of topic, the message id, 94 bytes of body: 146.
      Buffer.from(`\x32\x92\x01${topic}`, 'latin1'),
      messageId,
      Buffer.from(body),
    ]);
    expect(raw.received().subarray(before)).toEqual(expected);

    raw.send(Buffer.concat([Buffer.from([0x40, 0x02]), messageId]));
    const { operationId } = answerIn(reply).body;
    const poll = `\x00\x7d$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`;
    // 2 + 125 bytes of topic and the 50 of the register body: 177.
    raw.send(`\x30\xb1\x01${poll}{"registrationId":"my:Reg-01","payload":{"a":"b"}}`);
    const result = await expectPacket(raw, 'publish');
    expect(result.topic).toBe('$dps/registrations/res/200/?$rid=2');
    expect(answerIn(result).body).toMatchObject({ operationId, status: 'assigned' });
    // C leaves at once, without a PUBACK.
    raw.send(C.disconnect);
    expect(await raw.untilClosed()).toEqual([]);
  });
});

describe('the frames of the Node SDK', () => {
  it('lead to an assignment, with their PUBACKs, the UNSUBSCRIBE and the DISCONNECT', async () => {
    const raw = await openRaw(await start(CAPTURED));
    raw.send(NODE.connect);
    expect(await expectPacket(raw, 'connack')).toMatchObject({ returnCode: 0, sessionPresent: false });
    raw.send(NODE.subscribe);
    expect(await expectPacket(raw, 'suback')).toMatchObject({ messageId: 0x5a01, granted: [1] });
    raw.send('\x32\x50\x00\x2e$dps/registrations/PUT/iotdps-register/?$rid=1\x5a\x02{"registrationId":"my:Reg-01"}');
    const [ack, reply] = await take(raw, 2);
    expect(ack).toMatchObject({ cmd: 'puback', messageId: 0x5a02 });
    if (reply?.cmd !== 'publish') throw new Error('no reply');
    raw.send({ cmd: 'puback', messageId: reply.messageId ?? 0 });
    const topic = pollTopic('2', String(answerIn(reply).body.operationId));
    raw.send(publishPacket(topic, '\x20', { messageId: 0x5a03 }));
    expect(await expectPacket(raw, 'puback')).toMatchObject({ messageId: 0x5a03 });
    const result = await expectPacket(raw, 'publish');
    expect(answerIn(result).body).toMatchObject({ status: 'assigned', registrationState: { deviceId: 'my:Reg-01' } });
    raw.send({ cmd: 'puback', messageId: result.messageId ?? 0 });
    raw.send('\xa2\x1c\x5a\x04\x00\x18$dps/registrations/res/#');
    expect(await expectPacket(raw, 'unsuback')).toMatchObject({ messageId: 0x5a04 });
    raw.send('\xe0\x00');
    expect(await raw.untilClosed()).toEqual([]);
  });
});
