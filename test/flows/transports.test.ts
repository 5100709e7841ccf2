import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { registerDevice } from '../../device/wire-device.ts';
import { type StandIn, startStandIn } from '../../webhook/stand-in/index.ts';
import { TRANSPORTS, type Transport } from './support/ask.ts';
import { deviceKey, type Emulator, emulatorsForTests, HUB, SCOPE, setUpForDevices } from './support/emulators.ts';

const start = emulatorsForTests();
const STARTED = '2026-01-01T00:00:00Z';
const SECOND_HUB = 'hub-one-b.azure-devices.net';

let webhook: StandIn | undefined;
afterEach(() => webhook?.stop());

/** One device's story: refused, assigned with a payload and a twin, moved, failed, retried to the end, assigned again. */
async function story(transport: Transport): Promise<Emulator> {
  webhook = await startStandIn([
    { kind: 'json', body: { iotHubHostName: HUB, payload: { told: [1, 'two'] }, initialTwin: { tags: { floor: 3 } } } },
    { kind: 'json', body: { iotHubHostName: SECOND_HUB } },
    { kind: 'json', body: { iotHubHostName: '' } },
    { kind: 'status', status: 400 },
    ...Array.from({ length: 11 }, () => ({ kind: 'status', status: 429 }) as const),
    { kind: 'json', body: { iotHubHostName: HUB } },
  ]);
  const customAllocationDefinition = { webhookUrl: webhook.url, apiVersion: '2021-10-01' };
  const [one, two] = setUpForDevices({ allocationPolicy: 'custom', customAllocationDefinition }).dps ?? [];
  if (one === undefined || two === undefined) throw new Error('no set-up');
  const setUp = { dps: [{ ...one, linkedHubs: [HUB, SECOND_HUB] }, two] };
  const emulator = await start({ setUp, clock: 'skip', seed: 'transports', startTime: STARTED });
  const { host, port } = transport === 'mqtt' ? emulator.endpoints.mqtt : emulator.endpoints.https;
  const device = { host, port, transport, idScope: SCOPE, ca: emulator.ca.certificatePem };
  const registrationId = 'my:Story-1';
  const good = { ...device, registrationId, key: deviceKey(registrationId), payload: { firmware: '1.2', deep: [{}] } };

  const outcomes: unknown[] = [];
  const register = async (options: Parameters<typeof registerDevice>[0]): Promise<void> => {
    const { outcome, errorCode, registrationState, replies } = await registerDevice(options);
    outcomes.push([outcome, errorCode, registrationState?.assignedHub, registrationState?.substatus]);
    expect(replies.every((reply) => reply.newConnection === undefined)).toBe(true);
  };
  await register({ ...good, sasTtlSeconds: -60 });
  for (let count = 0; count < 6; count += 1) await register(good);
  await register({ ...good, registrationId: 'blocked-device' });
  expect(outcomes).toEqual([
    ['refused', 401002, undefined, undefined],
    ['assigned', undefined, HUB, 'initialAssignment'],
    ['assigned', undefined, SECOND_HUB, 'deviceDataMigrated'],
    ['failed', 400208, undefined, undefined],
    ['failed', 400207, undefined, undefined],
    ['failed', 400207, undefined, undefined],
    ['assigned', undefined, HUB, 'deviceDataMigrated'],
    ['disabled', undefined, undefined, undefined],
  ]);
  return emulator;
}

function hashOf(emulator: Emulator): string {
  return createHash('sha256').update(JSON.stringify(emulator.trace())).digest('hex');
}

describe('the same story on every transport', () => {
  it('leaves the same event trace, to the last byte', async () => {
    const hashes: Record<string, string> = {};
    for (const transport of TRANSPORTS) {
      const emulator = await story(transport);
      const events = emulator.trace().flatMap((trace) => trace.events);
      expect(events.filter((event) => event.kind === 'webhook-attempt')).toHaveLength(16);
      expect(events.filter((event) => event.kind === 'concluded')).toHaveLength(7);
      hashes[transport] = hashOf(emulator);
      await webhook?.stop();
    }
    expect(new Set(Object.values(hashes)).size, JSON.stringify(hashes)).toBe(1);
  });
});
