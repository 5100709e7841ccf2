/** The official device SDK over MQTT, `host:port`, in a process of its own that trusts our CA and nothing else is told. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SdkRunner, startSdkRunner } from '../../device/sdk-device.ts';
import { type EmulatorOptions, startEmulator } from '../../emulator/index.ts';
import { type Answer, type StandIn, startStandIn } from '../../webhook/stand-in/index.ts';
import {
  BLOCKED,
  deviceKey,
  type Emulator,
  emulatorsForTests,
  GROUP_KEY,
  HUB,
  SCOPE,
  setUpForDevices,
} from '../flows/support/emulators.ts';

const start = emulatorsForTests();
const DEVICE = 'my:Reg-09';
const PAYLOAD = { firmware: '12.0.2.5', list: [1, { two: true }] };

let runner: SdkRunner;
let webhook: StandIn | undefined;
afterEach(() => webhook?.stop());

async function startWith(answers: readonly Answer[], options: EmulatorOptions = {}): Promise<Emulator> {
  webhook = await startStandIn(answers);
  const customAllocationDefinition = { webhookUrl: webhook.url, apiVersion: '2021-10-01' };
  const setUp = setUpForDevices({ allocationPolicy: 'custom', customAllocationDefinition });
  return start({ setUp, clock: 'skip', ...options });
}

function register(emulator: Emulator, registrationId = DEVICE, key = deviceKey(registrationId)) {
  const { host, port } = emulator.endpoints.mqtt;
  return runner.register({ host, port, transport: 'mqtt', idScope: SCOPE, registrationId, key, payload: PAYLOAD });
}

/** The SDK runs in a process that trusts the CA of the installation, which every emulator here uses. */
beforeAll(async () => {
  const emulator = await startEmulator({ setUp: 'empty' });
  runner = await startSdkRunner({ caPath: emulator.ca.certificatePath });
  await emulator.stop();
});
afterAll(() => runner.stop());

describe('the official SDK over MQTT', () => {
  it("is assigned; its payload reaches the webhook as it is, and the webhook's payload reaches it", async () => {
    const told = { hub: 'yours', nested: { list: [1, null, 'x'] } };
    const emulator = await startWith([{ kind: 'json', body: { iotHubHostName: HUB, payload: told } }]);
    expect(await register(emulator)).toMatchObject({
      ok: true,
      registrationState: {
        registrationId: DEVICE,
        deviceId: DEVICE,
        assignedHub: HUB,
        status: 'assigned',
        substatus: 'initialAssignment',
        symmetricKey: { enrollmentGroupId: 'devices' },
        payload: told,
      },
    });
    expect(webhook?.requests[0]?.json()).toMatchObject({ deviceRuntimeContext: { payload: PAYLOAD } });
    const kinds = emulator.journal.timeline(SCOPE, DEVICE)?.entries.map(({ event }) => event.kind);
    expect(kinds?.filter((kind) => kind !== 'replied')).toEqual([
      'connected',
      'register-received',
      'authenticated',
      'operation-opened',
      'webhook-attempt',
      'concluded',
      'disconnected',
    ]);
  });

  it.each<readonly [fact: string, answer: Answer, errorCode: number, errorMessage: unknown]>([
    ['a status of 400', { kind: 'status', status: 400 }, 400207, 'Custom allocation failed with status code: 400'],
    ['no hub', { kind: 'json', body: { iotHubHostName: '' } }, 400208, expect.any(String)],
    ['a status of 401', { kind: 'status', status: 401 }, 400209, expect.any(String)],
  ])('is told of %s from the webhook as a failed registration', async (_fact, answer, errorCode, errorMessage) => {
    const result = await register(await startWith([answer]));
    expect(result).toMatchObject({
      ok: false,
      errorName: 'ProvisioningRegistrationFailedError',
      errorMessage: 'registration failed',
      result: {
        status: 'failed',
        registrationState: { registrationId: DEVICE, status: 'failed', errorCode, errorMessage },
      },
    });
  });

  it('is told 400207 after the whole ladder, which takes 415 s of the clock and 11 calls', async () => {
    const emulator = await startWith([{ kind: 'status', status: 429 }]);
    const startedMs = emulator.clock.now();
    const result = await register(emulator);
    expect(result).toMatchObject({ ok: false, result: { registrationState: { errorCode: 400207 } } });
    const attempts = emulator.journal
      .timeline(SCOPE, DEVICE)
      ?.entries.filter(({ event }) => event.kind === 'webhook-attempt')
      .map(({ atMs }) => (atMs - startedMs) / 1000);
    expect(attempts).toEqual([0, 1, 11, 30, 58, 95, 141, 196, 260, 333, 415]);
  });

  it('is told of a disabled enrollment', async () => {
    const result = await register(await start(), BLOCKED);
    expect(result).toMatchObject({
      ok: false,
      errorName: 'SyntaxError',
      errorMessage: 'status is disabled',
      result: { status: 'disabled', registrationState: { status: 'disabled' } },
    });
  });

  it.each([
    ['reply', { errorName: 'UnauthorizedError', result: { errorCode: 401002 } }],
    ['connack', { errorMessage: expect.stringContaining('Not authorized') }],
  ] as const)("is refused with the group's own key (credential-refusal: %s)", async (choice, expected) => {
    const emulator = await start({ assume: { 'credential-refusal': choice } });
    expect(await register(emulator, DEVICE, GROUP_KEY)).toMatchObject({ ok: false, ...expected });
  });

  it('waits for what it is told to wait, and asks again on its one connection', async () => {
    const emulator = await startWith([
      { kind: 'slow', delayMs: 300, answer: { kind: 'json', body: { iotHubHostName: HUB } } },
    ]);
    expect((await register(emulator)).ok).toBe(true);
    const events = emulator.journal.timeline(SCOPE, DEVICE)?.entries.map(({ event }) => event) ?? [];
    expect(events.filter((event) => event.kind === 'connected')).toHaveLength(1);
    const polls = events.filter((event) => event.kind === 'replied' && event.operation === 'poll');
    expect(polls.length).toBeGreaterThan(1);
    expect(polls.at(0)).toMatchObject({ status: 202 });
    expect(polls.at(-1)).toMatchObject({ status: 200 });
  });

  it('provisions thirty devices at once', async () => {
    const emulator = await start();
    const ids = Array.from({ length: 30 }, (_, index) => `many-${index}`);
    const results = await Promise.all(ids.map((id) => register(emulator, id)));
    expect(results).toMatchObject(ids.map((deviceId) => ({ ok: true, registrationState: { deviceId } })));
  });
});
