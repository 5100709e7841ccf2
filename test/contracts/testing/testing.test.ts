/** `dps-emulator/testing`: an emulator for a test, and the assertions as plain functions. */

import { AssertionError } from 'node:assert';
import { expect, it, onTestFinished } from 'vitest';
import {
  type Dps,
  type DpsOptions,
  expectAssigned,
  expectFailed,
  expectWebhookCalled,
  type Registration,
  type SetUp,
  startDps,
} from '../../../contracts/testing/index.ts';
import { DEVICE_TRANSPORTS } from '../../../emulator/wire/transports.ts';

const HUB = 'contoso-toasters-hub-1098.azure-devices.net';

async function start(options: DpsOptions): Promise<Dps> {
  const dps = await startDps(options);
  onTestFinished(() => dps.stop());
  return dps;
}

const assigning: DpsOptions = { webhook: [{ kind: 'json', body: { iotHubHostName: HUB } }] };
const wrongKey = Buffer.alloc(32).toString('base64');
const disabled = (webhookUrl: string): SetUp => ({
  dps: [
    {
      name: 'mine',
      idScope: '0ne000000AA',
      linkedHubs: [HUB],
      enrollments: [
        {
          registrationId: 'my-device',
          attestation: { type: 'symmetricKey' },
          provisioningStatus: 'disabled',
          allocationPolicy: 'custom',
          customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
        },
      ],
    },
  ],
});

it('asserts a registration over each transport', async () => {
  const dps = await start(assigning);
  for (const transport of DEVICE_TRANSPORTS) {
    const device = await dps.register(`device-over-${transport}`, { transport });
    expectAssigned(device, HUB);
    expectWebhookCalled(device, { times: 1, at: [0] });
    expect(device.result.outcome).toBe('assigned');
  }
  expectWebhookCalled(dps, { times: 3 });
  expectWebhookCalled({ emulator: dps.emulator });
  expect(dps.webhook.count()).toBe(3);
  expect(dps.webhook.find(({ bodyText }) => bodyText.includes('device-over-https'))?.method).toBe('POST');
});

type Assert = (registration: Registration) => void;
const isAssigned: Assert = (device) => expectAssigned(device, HUB);
const isFailed: Assert = (device) => expectFailed(device, 400207);
const isCalled: Assert = (device) => expectWebhookCalled(device);

it.each<[string, DpsOptions, string | undefined, Assert, string]>([
  [
    'failed',
    { webhook: [{ kind: 'status', status: 400 }] },
    undefined,
    isAssigned,
    'but it failed with 400207: Custom allocation failed with status code: 400',
  ],
  [
    'was assigned elsewhere',
    { webhook: [{ kind: 'json', body: { iotHubHostName: HUB.replace('toasters', 'heatpumps') } }] },
    undefined,
    isAssigned,
    'but it was assigned to contoso-heatpumps-hub-1098.azure-devices.net as my-device',
  ],
  ['was refused', assigning, wrongKey, isAssigned, 'but it was refused with 401002: wrong-key: '],
  ['is disabled', { ...assigning, setUp: disabled }, undefined, isFailed, 'but its enrollment is disabled'],
  ['was assigned', assigning, undefined, isFailed, `but it was assigned to ${HUB} as my-device`],
  ['was assigned without a webhook', { ...assigning, setUp: disabled }, undefined, isCalled, 'but it was not called'],
])('tells of a device that %s', async (_what, options, key, assert, words) => {
  const dps = await start(options);
  const device = await dps.register('my-device', key === undefined ? {} : { key });
  const failure = failureOf(() => assert(device));
  expect(failure.message).toContain(words);
  expect(failure.message).toContain(
    "\n\nwhat happened to my-device, on the emulator's clock:\n      0 s  connected over mqtt, api-version 2019-03-31\n",
  );
  expect(failure.message).not.toContain(key ?? 'SharedAccessSignature');
});

it('tells that a device is still being assigned, and of one that nobody has seen', async () => {
  const dps = await start({ webhook: [{ kind: 'status', status: 503 }], clock: 'manual' });
  const registering = dps.register('my-device');
  await dps.emulator.clock.untilSleeping(1);
  const waiting = failureOf(() => expectAssigned(dps.registration('my-device'), HUB));
  await dps.emulator.clock.advance(415_000);
  const absent = failureOf(() => expectFailed(dps.registration('other-device'), 400207));
  const late = failureOf(() => expectWebhookCalled(dps, { times: 10, at: [0, 1] }));
  expectFailed(await registering, 400207);
  expectWebhookCalled(dps, { at: [0, 1, 11, 30, 58, 95, 141, 196, 260, 333, 415] });
  expect(waiting.message).toContain('but it is still being assigned');
  expect(absent.message).toContain('but it has not registered here');
  expect(late.message).toContain(
    '10 times at 0 1 s, but it was called 11 times, at 0 1 11 30 58 95 141 196 260 333 415 s',
  );
  expect(late).toMatchObject({ expected: [0, 1], actual: [0, 1, 11, 30, 58, 95, 141, 196, 260, 333, 415] });
});

it('does not judge by a journal that has let go of what it would judge by', async () => {
  const dps = await start({ ...assigning, journalEntriesMax: 12 });
  const device = await dps.register('my-device');
  expectWebhookCalled(device, { times: 1 });
  for (let again = 0; again < 3; again += 1) await dps.register('my-device');
  expect(dps.webhook.count()).toBe(4);
  const told = /the journal has dropped entries, so nobody knows how often .* journalEntriesMax/;
  for (const calls of [{ times: 2 }, { times: 4 }, { at: [0, 0] }]) {
    expect(() => expectWebhookCalled(device, calls)).toThrow(told);
    expect(() => expectWebhookCalled(dps, calls)).toThrow(told);
  }
  // What is left is enough for these.
  expectWebhookCalled(device);
  expect(failureOf(() => expectWebhookCalled(device, { times: 0 })).message).toContain('0 times');
});

it('does not judge a device whose whole story had to go', async () => {
  const dps = await start({ ...assigning, journalTimelinesMax: 1 });
  for (const id of ['one', 'other']) await dps.register(id);
  expect(() => expectWebhookCalled(dps.registration('one'))).toThrow('nobody knows');
  expect(() => expectWebhookCalled(dps, { times: 1 })).toThrow('nobody knows');
});

it('calls the webhook whose URL it is given, in place of a script', async () => {
  const other = await start(assigning);
  const dps = await start({ webhook: other.webhook.url });
  expectAssigned(await dps.register('my-device'), HUB);
  expect(other.webhook.count()).toBe(1);
  expect(() => dps.webhook).toThrow('there is no scripted webhook');
});

it('takes a set-up that is told where the webhook is, and says so when there is none', async () => {
  await expect(startDps({ setUp: disabled })).rejects.toThrow('needs `webhook`');
});

it('leaves no webhook behind when the emulator cannot start', async () => {
  const handles = process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  await expect(startDps({ ...assigning, host: 'no such host' })).rejects.toThrow();
  await new Promise((resolve) => setImmediate(resolve));
  expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length).toBeLessThanOrEqual(
    handles,
  );
});

function failureOf(work: () => void): AssertionError {
  try {
    work();
  } catch (error) {
    if (error instanceof AssertionError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}
