import { describe, expect, it } from 'vitest';
import type { ReprovisionPolicy } from '../../emulator/wire/enrollment.ts';
import type { JsonObject } from '../../emulator/wire/twin.ts';
import type { Answer } from '../../webhook/stand-in/index.ts';
import {
  customGroup,
  DEVICE,
  eventsOf,
  type Harness,
  HUB_A,
  HUB_B,
  provision,
  setUpOf,
  startHarness,
  webhook,
} from './service-harness.ts';

const MIGRATE = { updateHubAssignment: true, migrateDeviceData: true };
const RESET = { updateHubAssignment: true, migrateDeviceData: false };
const NEVER = { updateHubAssignment: false, migrateDeviceData: false };
/** Not offered by the portal. */
const NEVER_YET_MIGRATE = { updateHubAssignment: false, migrateDeviceData: true };

const OLD_VERSION = '2018-04-01';
const VERSIONS = [OLD_VERSION, '2019-03-31', '2019-04-15', '2021-10-01'] as const;

interface Row {
  readonly policy: ReprovisionPolicy | undefined;
  readonly hub: 'same' | 'other';
  readonly apiVersion: string;
}

/** What the webhook answers a register: the hub that it may name, a twin and a payload that say which call it was. */
function answerOf(hub: string, call: number): Answer {
  const initialTwin = { tags: { call }, properties: { desired: { call } } };
  return { kind: 'json', body: { iotHubHostName: hub, initialTwin, payload: { call } } };
}

/** Registers at A, then again with the webhook (or the hubs of the enrollment) pointing to the same hub or to B. */
async function registerAgain({ policy, hub, apiVersion }: Row) {
  const standIn = await webhook((request, index) => {
    const { linkedHubs } = request.json() as { linkedHubs: readonly string[] };
    const wanted = index === 0 || hub === 'same' ? HUB_A : HUB_B;
    return answerOf(linkedHubs.includes(wanted) ? wanted : (linkedHubs[0] ?? ''), index + 1);
  });
  const more = policy === undefined ? {} : { reprovisionPolicy: policy };
  const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url, more)) });
  const first = await provision(harness, { apiVersion });
  const second = await provision(harness, { apiVersion });
  expect(harness.bugs).toEqual([]);
  return { harness, standIn, first: first.registrationState, second: second.registrationState };
}

/** The table of §5.4 and the twin rule of §1.5, in words. */
function expected({ policy, hub, apiVersion }: Row) {
  const isSticky = policy === undefined ? apiVersion <= OLD_VERSION : !policy.updateHubAssignment;
  if (isSticky || hub === 'same') {
    const substatus = apiVersion >= '2019-04-15' ? 'reprovisionedToInitialAssignment' : 'initialAssignment';
    return { assignedHub: HUB_A, substatus, twin: 1, stays: isSticky };
  }
  const migrates = policy?.migrateDeviceData ?? true;
  return {
    assignedHub: HUB_B,
    substatus: migrates ? 'deviceDataMigrated' : 'deviceDataReset',
    twin: migrates ? 1 : 2,
    stays: false,
  };
}

const named: readonly (readonly [string, ReprovisionPolicy | undefined])[] = [
  ['migrate', MIGRATE],
  ['reset', RESET],
  ['never', NEVER],
  ['never yet migrate', NEVER_YET_MIGRATE],
  ['no policy', undefined],
];
const rows = named.flatMap(([name, policy]) =>
  (['same', 'other'] as const).flatMap((hub) => VERSIONS.map((apiVersion) => ({ name, policy, hub, apiVersion }))),
);

describe('registering again [dps-service-behaviour §5.4]', () => {
  it.each(rows)('$name, webhook names the $hub hub, device api $apiVersion', async (row) => {
    const { harness, standIn, first, second } = await registerAgain(row);
    const { assignedHub, substatus, twin, stays } = expected(row);
    expect(first).toMatchObject({ assignedHub: HUB_A, substatus: 'initialAssignment', payload: { call: 1 } });
    // The payload is relayed in any case, first assignment or not.
    expect(second).toMatchObject({ assignedHub, substatus, deviceId: DEVICE, payload: { call: 2 } });
    expect(second?.createdDateTimeUtc).toBe(first?.createdDateTimeUtc);
    expect(second?.etag).not.toBe(first?.etag);

    const [old, other] = assignedHub === HUB_A ? [HUB_A, HUB_B] : [HUB_B, HUB_A];
    expect(await harness.hubs.twin(old, DEVICE)).toMatchObject({
      tags: { call: twin },
      properties: { desired: { call: twin } },
    });
    expect(await harness.hubs.device(other, DEVICE)).toBeUndefined();

    // The webhook is asked every time, and told where the device is.
    const bodies = standIn.requests.map(
      (request) => request.json() as { deviceRuntimeContext: JsonObject; linkedHubs: readonly string[] },
    );
    expect(bodies).toHaveLength(2);
    expect(bodies[0]?.deviceRuntimeContext).not.toHaveProperty('currentIotHubHostName');
    expect(bodies[1]?.deviceRuntimeContext).toMatchObject({ currentIotHubHostName: HUB_A, currentDeviceId: DEVICE });
    expect(bodies.map(({ linkedHubs }) => linkedHubs)).toEqual([[HUB_A, HUB_B], stays ? [HUB_A] : [HUB_A, HUB_B]]);
  });

  it.each([
    ['migrate', MIGRATE, HUB_B, 'deviceDataMigrated', { from: 'A' }],
    ['reset', RESET, HUB_B, 'deviceDataReset', { from: 'B' }],
    ['never', NEVER, HUB_A, 'initialAssignment', { from: 'A' }],
  ])('without a webhook, after the hubs were switched to another: %s', async (_name, policy, hub, substatus, tags) => {
    const group = (name: string, from: string) => ({
      allocationPolicy: 'static' as const,
      iotHubs: [name],
      reprovisionPolicy: policy,
      initialTwin: { tags: { from } },
    });
    const harness = await startHarness({ setUp: setUpOf(group(HUB_A, 'A')) });
    await provision(harness);
    await harness.seed(setUpOf(group(HUB_B, 'B')));
    const { registrationState } = await provision(harness);
    expect(registrationState).toMatchObject({ assignedHub: hub, substatus });
    expect((await harness.hubs.twin(hub, DEVICE))?.tags).toEqual(tags);
    expect(await harness.hubs.devices(hub === HUB_A ? HUB_B : HUB_A)).toEqual([]);
  });

  it('to and fro: the twin goes along, and the device is at one hub only', async () => {
    const hubs = [HUB_A, HUB_B, HUB_A, HUB_A];
    const standIn = await webhook((_request, index) => answerOf(hubs[index] ?? '', index + 1));
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    const seen: (string | undefined)[] = [];
    for (const _hub of hubs) {
      const { registrationState } = await provision(harness, { apiVersion: '2021-10-01' });
      seen.push(registrationState?.substatus);
    }
    expect(seen).toEqual([
      'initialAssignment',
      'deviceDataMigrated',
      'deviceDataMigrated',
      'reprovisionedToInitialAssignment',
    ]);
    expect((await harness.hubs.twin(HUB_A, DEVICE))?.tags).toEqual({ call: 1 });
    expect(await harness.hubs.devices(HUB_B)).toEqual([]);
  });

  it.each([
    ["the webhook's", { initialTwin: { tags: { from: 'webhook' } } }, { from: 'webhook' }],
    ["the enrollment's when the webhook gives none", {}, { from: 'enrollment' }],
    ["the enrollment's when the webhook gives null", { initialTwin: null }, { from: 'enrollment' }],
    ['empty when the webhook gives an empty one', { initialTwin: {} }, {}],
  ])('first assignment: the twin is %s [dps-service-behaviour §1.5]', async (_title, answer, tags) => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A, ...answer } }]);
    const group = customGroup(standIn.url, { initialTwin: { tags: { from: 'enrollment' } } });
    const harness = await startHarness({ setUp: setUpOf(group) });
    await provision(harness);
    expect((await harness.hubs.twin(HUB_A, DEVICE))?.tags).toEqual(tags);
  });

  it.each([
    ['null: none', { payload: null }, undefined],
    ['absent: none', {}, undefined],
    [
      'an object with arrays and numbers',
      { payload: { a: [1, { b: null }], c: 1.5 } },
      { a: [1, { b: null }], c: 1.5 },
    ],
    ['members that nobody asked for: ignored', { IoTHub: 'x', linkedHubs: [], enrollment: {} }, undefined],
  ])('payload %s', async (_title, answer, payload) => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A, ...answer } }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    const { registrationState } = await provision(harness);
    expect(registrationState?.status).toBe('assigned');
    expect(registrationState?.payload).toEqual(payload);
    expect(Object.hasOwn(registrationState ?? {}, 'payload')).toBe(payload !== undefined);
  });

  it('a device that was deleted at its hub is made anew, with the twin of a first assignment', async () => {
    const standIn = await webhook((_request, index) => answerOf(HUB_A, index + 1));
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await provision(harness);
    await harness.hubs.deleteDevice(HUB_A, DEVICE);
    await provision(harness);
    expect((await harness.hubs.twin(HUB_A, DEVICE))?.tags).toEqual({ call: 2 });
  });

  it('a changed deviceId takes no effect while the registration record is there', async () => {
    const individual = (deviceId: string) => ({
      enrollments: [
        {
          registrationId: DEVICE,
          deviceId,
          attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: KEY } },
          allocationPolicy: 'static',
          iotHubs: [HUB_A],
        } as const,
      ],
    });
    const harness = await startHarness({ setUp: setUpOf(undefined, individual('first')) });
    const { registrationState } = await provision(harness, { key: KEY });
    expect(registrationState?.deviceId).toBe('first');
    await harness.seed(setUpOf(undefined, individual('second')));
    expect((await provision(harness, { key: KEY })).registrationState?.deviceId).toBe('first');
    expect((await harness.hubs.devices(HUB_A))?.map(({ deviceId }) => deviceId)).toEqual(['first']);
  });

  it('the device id of a group is the registration id as it was first spelt', async () => {
    const harness = await startHarness({ setUp: setUpOf({ allocationPolicy: 'static', iotHubs: [HUB_A] }) });
    await provision(harness, { id: 'WioTerminal' });
    const { registrationState } = await provision(harness, { id: 'wioterminal' });
    expect(registrationState).toMatchObject({ registrationId: 'WioTerminal', deviceId: 'WioTerminal' });
    expect(await harness.hubs.devices(HUB_A)).toHaveLength(1);
  });
});

describe('a later registration that fails', () => {
  const failing = async (policy: ReprovisionPolicy): Promise<Harness> => {
    const standIn = await webhook((_request, index) =>
      index === 1 ? { kind: 'status', status: 400 } : answerOf(HUB_A, index + 1),
    );
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url, { reprovisionPolicy: policy })) });
    await provision(harness);
    expect(await provision(harness)).toMatchObject({
      status: 'failed',
      registrationState: { errorCode: 400207, errorMessage: 'Custom allocation failed with status code: 400' },
    });
    return harness;
  };

  it.each([MIGRATE, RESET, NEVER])('leaves the device at its hub: %j', async (policy) => {
    const harness = await failing(policy);
    expect((await harness.hubs.twin(HUB_A, DEVICE))?.tags).toEqual({ call: 1 });
    expect(eventsOf(harness, 'concluded').map(({ status }) => status)).toEqual(['assigned', 'failed']);
  });

  it('shows neither hub nor payload of the one before, and the next one is a later registration again', async () => {
    const harness = await failing(MIGRATE);
    const record = await harness.ports.registrations.get('0ne00000001', DEVICE);
    expect(record).not.toHaveProperty('payload');
    expect(record).not.toHaveProperty('substatus');
    const { registrationState } = await provision(harness, { apiVersion: '2021-10-01' });
    expect(registrationState).toMatchObject({ status: 'assigned', substatus: 'reprovisionedToInitialAssignment' });
    expect(registrationState).not.toHaveProperty('errorCode');
    expect(registrationState).not.toHaveProperty('errorMessage');
  });
});

const KEY = Buffer.alloc(32, 1).toString('base64');
