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
    ['members that the service does not know', '{"registrationId":"device-1","tpm":{},"csr":"x","more":[1]}'],
    ['a payload as deep as devices may send', `{"payload":${deep('[', ']', 63)}}`],
  ])('may be %s', async (_title, body) => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    expect((await register(harness, { body })).status).toBe(202);
    await harness.clock.untilSleeping(0);
    expect((await lookup(harness, { body })).status).toBe(200);
    expect(harness.bugs).toEqual([]);
  });

  it.each([
    ['text', 'hello', /^The body is not valid JSON\.$/],
    ['half an object', '{"registrationId":', /^The body is not valid JSON\.$/],
    ['an array', '[]', /^The body must be a JSON object\.$/],
    ['null', 'null', /^The body must be a JSON object\.$/],
    ['a number', '1', /^The body must be a JSON object\.$/],
    ['an id that is no text', '{"registrationId":5}', /^registrationId in the body must be a string\.$/],
    ['the id null', '{"registrationId":null}', /^registrationId in the body must be a string\.$/],
    ['another id', '{"registrationId":"device-2"}', /^registrationId in the body differs/],
    [
      'arrays nested without end',
      `{"payload":${deep('[', ']', 40_000)}}`,
      /^The body is nested deeper than 64 levels\.$/,
    ],
    ['objects nested without end', deep('{"a":', '}', 15_000), /^The body is nested deeper than 64 levels\.$/],
  ])('must not be %s', async (_title, body, message) => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    for (const ask of [register, lookup]) {
      const reply = await ask(harness, { body });
      expect(reply).toMatchObject({
        status: 400,
        errorCode: 400004,
        body: { message: expect.stringMatching(message) },
      });
    }
    expect(harness.bugs).toEqual([]);
    expect(eventsOf(harness, 'register-received')).toEqual([]);
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
