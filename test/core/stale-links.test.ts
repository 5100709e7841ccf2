import { describe, expect, it } from 'vitest';
import {
  customGroup,
  DEVICE,
  eventsOf,
  type Harness,
  HUB_A,
  HUB_B,
  operationIdOf,
  poll,
  provision,
  register,
  SCOPE,
  START_MS,
  setUpOf,
  startHarness,
  untilConcluded,
  webhook,
} from './service-harness.ts';
import { createJsonStore } from './store/json-store.ts';

const OTHER_KEY = Buffer.alloc(32, 3).toString('base64');
const STALE_KEY = Buffer.alloc(32, 4).toString('base64');
const STATIC = { allocationPolicy: 'static', iotHubs: [HUB_A] } as const;

const stale = () => setUpOf(STATIC, { linkedHubs: [{ name: HUB_A, key: STALE_KEY }, HUB_B] });

/** Seconds from the start at which the hub refused the service. */
function refusals({ journal }: Harness): readonly number[] {
  const entries = journal.timeline(SCOPE, DEVICE)?.entries ?? [];
  return entries.flatMap(({ event, atMs }) => (event.kind === 'hub-refused' ? [(atMs - START_MS) / 1000] : []));
}

async function rotate({ engine }: Harness, hub: string): Promise<void> {
  const { iotHubs } = engine.state.resources;
  const [owner, ...others] = await iotHubs.policies(hub, undefined);
  if (owner === undefined) throw new Error('a hub is born with a policy');
  const authorizationPolicies = [{ ...owner, primaryKey: OTHER_KEY, secondaryKey: OTHER_KEY }, ...others];
  await iotHubs.put(hub, { properties: { authorizationPolicies } });
}

describe('a link that holds a key which the hub no longer has [sdk-c #1789, #2362]', () => {
  it('fails after the retries, in the words of the hub, and tells why', async () => {
    const harness = await startHarness({ setUp: stale() });
    const { status, registrationState } = await provision(harness);
    expect(status).toBe('failed');
    expect(registrationState).toMatchObject({ status: 'failed', errorCode: 401002 });
    const { Message, ExceptionMessage } = JSON.parse(registrationState?.errorMessage ?? '');
    expect(Message).toBe('ErrorCode:IotHubUnauthorizedAccess;Unauthorized');
    expect(ExceptionMessage).toMatch(/^Tracking ID:[0-9a-f]{32}-G:0-TimeStamp:2026-01-01T00:01:06/);
    expect(refusals(harness)).toEqual([0, 1, 3, 7, 15, 31, 66]);
    const [end] = eventsOf(harness, 'concluded');
    expect(end?.reason).toMatch(
      /the link to hub-a\.azure-devices\.net holds a key that its policy "iothubowner" no longer has; link the hub again: dps-emulator az iot dps linked-hub delete --dps-name dps-1 --linked-hub hub-a/,
    );
    expect(await harness.hubs.devices(HUB_A)).toEqual([]);
    expect(harness.bugs).toEqual([]);
  });

  it('answers polls with assigning until then', async () => {
    const harness = await startHarness({ setUp: stale() });
    const operationId = operationIdOf(await register(harness));
    await harness.clock.untilSleeping(0);
    await harness.clock.advance(65_999);
    expect(await poll(harness, operationId)).toMatchObject({ status: 202, body: { status: 'assigning' } });
    await harness.clock.advance(1);
    expect(await untilConcluded(harness, operationId)).toMatchObject({ status: 200, body: { status: 'failed' } });
  });

  it('is asked once when the assumption says so', async () => {
    const harness = await startHarness({ setUp: stale(), assume: { 'hub-refused': 'fail' } });
    expect((await provision(harness)).status).toBe('failed');
    expect(refusals(harness)).toEqual([0]);
  });

  it("holds as well with the policy's secondary key, and with the key given in full", async () => {
    const policies = [
      { keyName: 'writer', rights: ['RegistryWrite', 'ServiceConnect'] as const, secondaryKey: OTHER_KEY },
    ];
    const linkedHubs = [{ name: HUB_A, policy: 'Writer', key: OTHER_KEY }];
    const setUp = { ...setUpOf(STATIC, { linkedHubs }), hubs: [{ name: HUB_A, policies }] };
    expect((await provision(await startHarness({ setUp }))).status).toBe('assigned');
  });

  it('comes of a rotation of both keys, and of a hub that was deleted and made again', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC), assume: { 'hub-refused': 'fail' } });
    expect((await provision(harness)).status).toBe('assigned');
    await rotate(harness, HUB_A);
    expect((await provision(harness)).status).toBe('failed');

    const remade = await startHarness({ setUp: setUpOf(STATIC), assume: { 'hub-refused': 'fail' } });
    await remade.hubs.delete(HUB_A);
    await remade.hubs.create(HUB_A);
    expect((await provision(remade)).status).toBe('failed');
  });

  it.each([
    [
      'a policy that is gone',
      { policy: 'writer', key: OTHER_KEY },
      /names the policy "writer", which the hub no longer has/,
    ],
    [
      'a right that was taken away',
      { policy: 'service' },
      /the policy "service" of the link to hub-a\.azure-devices\.net lacks RegistryWrite/,
    ],
  ])('so does %s', async (_title, link, says) => {
    const setUp = setUpOf(STATIC, { linkedHubs: [{ name: HUB_A, ...link }] });
    const harness = await startHarness({ setUp, assume: { 'hub-refused': 'fail' } });
    expect((await provision(harness)).status).toBe('failed');
    expect(eventsOf(harness, 'concluded')[0]?.reason).toMatch(says);
  });

  it('is mended by linking the hub again, a registration under way included', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    await rotate(harness, HUB_A);
    const operationId = operationIdOf(await register(harness));
    await harness.clock.untilSleeping(0);
    expect(refusals(harness)).toEqual([0]);
    await harness.seed(setUpOf(STATIC));
    expect(await untilConcluded(harness, operationId)).toMatchObject({ body: { status: 'assigned' } });
    expect(refusals(harness)).toEqual([0]);
  });

  it('a webhook is asked once, however often the hub refuses', async () => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A } }]);
    const setUp = setUpOf(customGroup(standIn.url), { linkedHubs: [{ name: HUB_A, key: OTHER_KEY }] });
    const harness = await startHarness({ setUp });
    expect((await provision(harness)).status).toBe('failed');
    expect(standIn.requests).toHaveLength(1);
  });

  it('another engine goes on where the first one stopped', async () => {
    const records = createJsonStore();
    const first = await startHarness({ setUp: stale(), records });
    const operationId = operationIdOf(await register(first));
    await first.clock.untilSleeping(0);
    await first.clock.advance(8_000);
    expect(refusals(first)).toEqual([0, 1, 3, 7]);
    await first.stop();
    const startTime = new Date(START_MS + 8_000).toISOString();
    const second = await startHarness({ records: createJsonStore(records.content()), startTime });
    expect(await untilConcluded(second, operationId)).toMatchObject({ body: { status: 'failed' } });
    expect(refusals(second)).toEqual([15, 31, 66]);
  });

  it('of the hub that a device leaves counts as well', async () => {
    const at = (hub: string, linkedHubs: readonly (string | { readonly name: string; readonly key: string })[]) =>
      setUpOf({ allocationPolicy: 'static', iotHubs: [hub] }, { linkedHubs });
    const harness = await startHarness({ setUp: at(HUB_A, [HUB_A, HUB_B]), assume: { 'hub-refused': 'fail' } });
    await provision(harness);
    await harness.seed(at(HUB_B, [{ name: HUB_A, key: OTHER_KEY }, HUB_B]));
    expect((await provision(harness)).status).toBe('failed');
    // What is to be mended is the link to the hub that refused, and that is not the one that the device goes to.
    expect(eventsOf(harness, 'hub-refused')).toMatchObject([{ hub: HUB_A }]);
    expect(eventsOf(harness, 'concluded').at(-1)?.reason).toContain(`--linked-hub ${HUB_A}, then`);
    expect(await harness.hubs.device(HUB_A, DEVICE)).toBeDefined();
    expect(await harness.hubs.device(HUB_B, DEVICE)).toBeUndefined();
  });
});

describe('a hub that is gone altogether', () => {
  it('fails at once with 401001: nothing of it comes back by waiting', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    await harness.hubs.delete(HUB_A);
    expect((await provision(harness)).registrationState).toMatchObject({ status: 'failed', errorCode: 401001 });
    expect(refusals(harness)).toEqual([]);
  });
});

describe('the set-up document', () => {
  it('says the key of a link only where another one would be found, and a stale link stays stale', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    const links = async () => (await harness.engine.state.exportSetUp()).dps?.[0]?.linkedHubs;
    expect(await links()).toEqual([{ name: HUB_A }, { name: HUB_B }]);
    const before = (await harness.engine.state.resources.iotHubs.policies(HUB_A, undefined))[0]?.primaryKey;
    await rotate(harness, HUB_A);
    expect(await links()).toEqual([{ name: HUB_A, key: before }, { name: HUB_B }]);
    const copy = await startHarness({
      setUp: await harness.engine.state.exportSetUp(),
      assume: { 'hub-refused': 'fail' },
    });
    expect((await provision(copy)).status).toBe('failed');
    expect(await copy.engine.state.exportSetUp()).toEqual(await harness.engine.state.exportSetUp());
  });

  it('refuses a link to a policy that the hub does not have, unless the key says that it once had', async () => {
    const linkedHubs = [{ name: HUB_A, policy: 'writer' }];
    await expect(startHarness({ setUp: setUpOf(STATIC, { linkedHubs }) })).rejects.toThrow(
      /dps\[0\]\.linkedHubs\[0\]\.policy: must be a policy of the hub, or "key" must be given/,
    );
  });
});
