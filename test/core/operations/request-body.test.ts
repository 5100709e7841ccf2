import { describe, expect, it } from 'vitest';
import {
  customGroup,
  eventsOf,
  HUB_A,
  lookup,
  provision,
  register,
  setUpOf,
  startHarness,
  webhook,
} from '../service-harness.ts';

const deep = (open: string, close: string, levels: number): string => `${open.repeat(levels)}1${close.repeat(levels)}`;

describe('the register body [dps-device-protocol §6.1]', () => {
  it.each([
    ['nothing', ''],
    ['one blank', ' '],
    ['an empty object', '{}'],
    ['the id', '{"registrationId":"device-1"}'],
    ['the id in another case', '{"registrationId":"DEVICE-1"}'],
    ['a null payload (Python)', '{"payload": null, "registrationId": "device-1"}'],
    ['a payload that is a text (Java)', '{"registrationId":"device-1","payload":"{\\"a\\":1}"}'],
    ['a TPM', '{"registrationId":"device-1","tpm":{"endorsementKey":"e30="}}'],
    ['null for what an SDK leaves unset', '{"registrationId":"device-1","tpm":null}'],
    ['names in another case (a Go client)', '{"RegistrationId":"device-1","Payload":{"a":1}}'],
    ['a payload as deep as devices may send', `{"payload":${deep('[', ']', 63)}}`],
  ])('may be %s', async (_title, body) => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    expect((await register(harness, { body })).status).toBe(202);
    await harness.clock.untilSleeping(0);
    expect((await lookup(harness, { body })).status).toBe(200);
    expect(harness.bugs).toEqual([]);
  });

  it.each([
    ['text', 'hello', /^the body is not JSON: /],
    ['half an object', '{"registrationId":', /^the body is not JSON: /],
    ['an array', '[]', /^the body is an array; it must be an object/],
    ['null', 'null', /^the body is null; it must be an object/],
    ['a number', '1', /^the body is a number; it must be an object/],
    ['an id that is no text', '{"registrationId":5}', /^the member "registrationId" is a number; it must be a string$/],
    ['the id null', '{"registrationId":null}', /^the member "registrationId" is null; it must be a string$/],
    ['a TPM that is no object', '{"tpm":"e30="}', /^the member "tpm" is a string; it must be an object$/],
    ['a key that is no text', '{"tpm":{"endorsementKey":1}}', /^the member "tpm\.endorsementKey" is a number/],
    [
      'a model id beside the payload',
      '{"modelId":"dtmi:a;1"}',
      /"modelId"\. modelId belongs inside payload: \{"payload"/,
    ],
    ['the name that data once had', '{"data":{"a":1}}', /"data"\. data belongs inside payload/],
    ['a member of the TPM that nobody knows', '{"tpm":{"ek":"e30="}}', /no member "tpm\.ek"/],
    ['a csr before there was one', '{"csr":"e30="}', /A csr is known from api-version 2025-07-01-preview on\.$/],
    [
      'arrays nested without end',
      `{"payload":${deep('[', ']', 40_000)}}`,
      /^the body is nested deeper than 64 levels$/,
    ],
    ['objects nested without end', deep('{"a":', '}', 15_000), /^the body is nested deeper than 64 levels$/],
  ])('is not deserialized when it is %s, and the journal says why', async (_title, body, detail) => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    for (const ask of [register, lookup]) {
      const reply = await ask(harness, { body });
      expect(reply).toMatchObject({ status: 400, errorCode: 400012 });
      expect(JSON.parse(reply.text)).toEqual({
        errorCode: 400012,
        trackingId: '',
        message: 'Deserialization error.',
        timestampUtc: '2026-01-01T00:00:00Z',
      });
    }
    const told = { errorCode: 400012, reason: 'DeserializationFailed', detail: expect.stringMatching(detail) };
    expect(eventsOf(harness, 'refused')).toEqual([expect.objectContaining(told), expect.objectContaining(told)]);
    expect(harness.bugs).toEqual([]);
    expect(eventsOf(harness, 'register-received')).toEqual([]);
  });

  it('with the id of another device is a bad request, and no more is said to the device', async () => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    for (const ask of [register, lookup]) {
      const reply = await ask(harness, { body: '{"registrationId":"device-2"}' });
      expect(reply).toMatchObject({ status: 400, errorCode: 400004, body: { message: 'BadRequest' } });
    }
    expect(eventsOf(harness, 'refused')[0]?.detail).toMatch(/^registrationId in the body is "device-2"/);
  });

  it('may ask for a certificate in a register, which is noted, and not in a look-up', async () => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    const device = { body: '{"registrationId":"device-1","csr":"e30="}', apiVersion: '2025-07-01-preview' };
    expect((await register(harness, device)).status).toBe(202);
    expect(eventsOf(harness, 'noted')[0]?.detail).toMatch(/csr is not looked at/);
    await harness.clock.untilSleeping(0);
    expect(await lookup(harness, device)).toMatchObject({ errorCode: 400004, body: { message: 'BadRequest' } });
    expect((await lookup(harness, { ...device, body: '' })).status).toBe(200);
  });

  it.each(['"text"', '1', 'true', '[1]'])('may have the payload %s, of which the journal warns', async (payload) => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A } }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await provision(harness, { body: `{"payload":${payload}}` });
    expect(standIn.requests[0]?.bodyText).toContain(`"payload":${payload}`);
    expect(eventsOf(harness, 'noted')[0]?.detail).toMatch(/may refuse this/);
  });

  it('gives the webhook the payload under whatever case of its name', async () => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A } }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await provision(harness, { body: '{"RegistrationId":"device-1","PAYLOAD":{"Model":1}}' });
    expect(standIn.requests[0]?.bodyText).toContain('"payload":{"Model":1}');
    const other = await register(harness, { body: '{"RegistrationID":"device-2"}' });
    expect(other).toMatchObject({ status: 400, errorCode: 400004 });
  });

  it.each([
    ['payload', `{"iotHubHostName":"${HUB_A}","payload":{"a":${deep('[', ']', 20_000)}}}`],
    ['initialTwin', `{"iotHubHostName":"${HUB_A}","initialTwin":{"tags":${deep('{"a":', '}', 9_000)}}}`],
  ])('a webhook whose %s is nested without end fails the registration and nothing else', async (_title, text) => {
    const standIn = await webhook([{ kind: 'text', text }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    const { registrationState } = await provision(harness);
    expect(registrationState).toMatchObject({ status: 'failed', errorCode: 400207 });
    expect(harness.bugs).toEqual([]);
  });
});
