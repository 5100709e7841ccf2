import { describe, expect, it } from 'vitest';
import { hashedHub } from '../../../emulator/core/dps/allocation/hashed.ts';
import type { GivenEnrollmentGroup, SetUpInstance } from '../../../emulator/wire/set-up.ts';
import { customGroup, eventsOf, HUB_A, HUB_B, provision, setUpOf, startHarness, webhook } from '../service-harness.ts';

const HUB_C = 'hub-c.azure-devices.net';
const IDS = Array.from({ length: 12 }, (_, index) => `device-${index}`);

/** The hubs at which the devices end, and the error code of those that fail. */
async function allocated(group: Partial<GivenEnrollmentGroup>, instance: Partial<SetUpInstance> = {}) {
  const harness = await startHarness({ setUp: setUpOf(group, instance) });
  const states = await Promise.all(IDS.map(async (id) => (await provision(harness, { id })).registrationState));
  expect(harness.bugs).toEqual([]);
  return states.map((state) => state?.assignedHub ?? state?.errorCode);
}

const all = <T>(value: T): readonly T[] => IDS.map(() => value);
const hashedOver = (...names: readonly string[]): readonly (string | undefined)[] =>
  IDS.map((id) =>
    hashedHub(
      id,
      names.map((name) => ({ name })),
    ),
  );

const ABC = { linkedHubs: [HUB_A, HUB_B, HUB_C] };

describe('allocation policies [dps-service-behaviour §2]', () => {
  const rows: readonly (readonly [
    string,
    Partial<GivenEnrollmentGroup>,
    Partial<SetUpInstance>,
    readonly unknown[],
  ])[] = [
    ['an enrollment without a policy gets hashed over all linked hubs', {}, {}, hashedOver(HUB_A, HUB_B)],
    ["the instance's own policy", { iotHubHostName: HUB_B }, { allocationPolicy: 'static' }, all(HUB_B)],
    [
      "the enrollment's policy before the instance's",
      { allocationPolicy: 'hashed' },
      { allocationPolicy: 'static' },
      hashedOver(HUB_A, HUB_B),
    ],
    ['static: the one hub that is named', { allocationPolicy: 'static', iotHubs: [HUB_B] }, {}, all(HUB_B)],
    ['static: named by iotHubHostName', { allocationPolicy: 'static', iotHubHostName: HUB_B }, {}, all(HUB_B)],
    ['static on the instance with one linked hub', {}, { allocationPolicy: 'static', linkedHubs: [HUB_A] }, all(HUB_A)],
    ['static without a hub to name fails', {}, { allocationPolicy: 'static' }, all(400208)],
    [
      'static takes no notice of weights',
      { allocationPolicy: 'static', iotHubs: [HUB_B] },
      weights(1000, 1),
      all(HUB_B),
    ],
    ['hashed over a subset', { allocationPolicy: 'hashed', iotHubs: [HUB_C, HUB_A] }, ABC, hashedOver(HUB_A, HUB_C)],
    [
      'a subset in another case is that subset, in the linked spelling',
      { allocationPolicy: 'hashed', iotHubs: [HUB_A.toUpperCase()] },
      ABC,
      all(HUB_A),
    ],
    [
      'an empty list of hubs is all of them',
      { allocationPolicy: 'hashed', iotHubs: [] },
      ABC,
      hashedOver(HUB_A, HUB_B, HUB_C),
    ],
    [
      'applyAllocationPolicy false leaves a hub out',
      {},
      { linkedHubs: [{ name: HUB_A, applyAllocationPolicy: false }, HUB_B] },
      all(HUB_B),
    ],
    [
      'applyAllocationPolicy false, but named on the enrollment',
      { allocationPolicy: 'hashed', iotHubs: [HUB_A] },
      { linkedHubs: [{ name: HUB_A, applyAllocationPolicy: false }, HUB_B] },
      all(HUB_A),
    ],
    [
      'every hub left out: nothing to choose from',
      {},
      { linkedHubs: [{ name: HUB_A, applyAllocationPolicy: false }] },
      all(400208),
    ],
    ['no linked hub: failed', {}, { linkedHubs: [] }, all(400208)],
    ['geoLatency without latencies is hashed', { allocationPolicy: 'geoLatency' }, {}, hashedOver(HUB_A, HUB_B)],
    ["geoLatency of the instance's own", {}, { allocationPolicy: 'geoLatency' }, hashedOver(HUB_A, HUB_B)],
  ];

  it.each(rows)('%s', async (_title, group, instance, expected) => {
    expect(await allocated(group, instance)).toEqual(expected);
  });

  it('weights count for hashed', async () => {
    expect(await allocated({}, weights(1000, 1))).toEqual(IDS.map((id) => hashedHub(id, weights(1000, 1).linkedHubs)));
  });
});

describe('what the webhook may choose from', () => {
  const answer = (iotHubHostName: string) => [{ kind: 'json', body: { iotHubHostName } }] as const;

  it.each([
    ['all linked hubs, also those that no policy evaluates', {}, [HUB_A, HUB_B, HUB_C]],
    ['all linked hubs for an empty list', { iotHubs: [] }, [HUB_A, HUB_B, HUB_C]],
    ['the hubs of the enrollment, in its order', { iotHubs: [HUB_C, HUB_A] }, [HUB_C, HUB_A]],
    ['a hub of the enrollment in the spelling of its link', { iotHubs: [HUB_C.toUpperCase()] }, [HUB_C]],
    ['the one hub of iotHubHostName', { iotHubHostName: HUB_C }, [HUB_C]],
  ])('%s', async (_title, group, linkedHubs) => {
    const standIn = await webhook(answer(HUB_C));
    const instance = { linkedHubs: [HUB_A, { name: HUB_B, applyAllocationPolicy: false }, HUB_C] };
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url, group), instance) });
    expect((await provision(harness)).registrationState?.assignedHub).toBe(HUB_C);
    expect(standIn.requests[0]?.json()).toMatchObject({ linkedHubs });
    expect(eventsOf(harness, 'operation-opened')).toMatchObject([{ linkedHubs }]);
  });

  it('a hub that is still listed and no longer linked cannot be assigned', async () => {
    const standIn = await webhook(answer(HUB_B));
    const group = customGroup(standIn.url, { iotHubs: [HUB_A, HUB_B] });
    const harness = await startHarness({ setUp: setUpOf(group) });
    await harness.seed(setUpOf(undefined, { linkedHubs: [HUB_A] }));
    const { registrationState } = await provision(harness);
    expect(registrationState).toMatchObject({ status: 'failed', errorCode: 400207 });
    expect(await harness.hubs.devices(HUB_B)).toEqual([]);
  });
});

function weights(a: number, b: number) {
  return {
    linkedHubs: [
      { name: HUB_A, allocationWeight: a },
      { name: HUB_B, allocationWeight: b },
    ],
  };
}
