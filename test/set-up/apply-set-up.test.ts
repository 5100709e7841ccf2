import { describe, expect, it } from 'vitest';
import { createHubs, type HubPorts } from '../../emulator/core/hub/hub-devices.ts';
import { createIds } from '../../emulator/core/ids.ts';
import { applySetUp as applyIn, exportSetUp } from '../../emulator/core/set-up/apply-set-up.ts';
import { checkSetUp } from '../../emulator/core/set-up/check-set-up.ts';
import { createMemoryStore } from '../../emulator/core/store/memory/memory-store.ts';
import { createStore, SET_UP_TURN, type Store } from '../../emulator/core/store/store.ts';
import { contosoSetUp } from '../../emulator/wire/contoso.ts';
import type { SetUp } from '../../emulator/wire/set-up.ts';
import { GROUP, GROUP_KEY, HUB_A, HUB_B, SCOPE, setUpOf } from '../core/service-harness.ts';

const START_MS = Date.UTC(2026, 0, 1);

function storesWith(seed = 'seed', instant = { ms: START_MS }) {
  const ports = { ids: createIds(seed), now: (): number => instant.ms };
  const store = createStore(createMemoryStore());
  return { ...store, hubs: createHubs(store, ports), ...ports };
}

function applySetUp(setUp: SetUp, stores: Store & HubPorts): Promise<void> {
  return stores.transaction(SET_UP_TURN, (tx) => applyIn(setUp, tx, stores));
}

const WITHOUT_KEYS = { attestation: { type: 'symmetricKey' } } as const;

describe('taking a set-up over', () => {
  it('fills in what the service would: keys, etag, instants, status, policy', async () => {
    const stores = storesWith();
    await applySetUp(setUpOf(WITHOUT_KEYS), stores);
    const group = await stores.enrollments.group(SCOPE, GROUP);
    const { symmetricKey } = group?.attestation.type === 'symmetricKey' ? group.attestation : {};
    expect(Buffer.from(symmetricKey?.primaryKey ?? '', 'base64')).toHaveLength(64);
    expect(symmetricKey?.secondaryKey).not.toBe(symmetricKey?.primaryKey);
    expect(group).toMatchObject({
      provisioningStatus: 'enabled',
      createdDateTimeUtc: '2026-01-01T00:00:00Z',
      lastUpdatedDateTimeUtc: '2026-01-01T00:00:00Z',
      etag: expect.stringMatching(/^"[0-9a-f]{8}-0000-[0-9a-f]{4}-0000-[0-9a-f]{12}"$/),
    });
    expect(await stores.instances.byScope(SCOPE)).toMatchObject({ allocationPolicy: 'hashed' });
  });

  it('generates the same keys from the same seed and others from another', async () => {
    const keys = async (seed: string) => {
      const stores = storesWith(seed);
      await applySetUp(setUpOf(WITHOUT_KEYS), stores);
      return (await stores.enrollments.group(SCOPE, GROUP))?.attestation;
    };
    expect(await keys('a')).toEqual(await keys('a'));
    expect(await keys('a')).not.toEqual(await keys('b'));
  });

  it('makes the hubs that are linked and the hubs that are named', async () => {
    const stores = storesWith();
    await applySetUp(setUpOf(undefined, {}, ['hub-c.azure-devices.net']), stores);
    expect([...(await stores.hubs.names())].sort()).toEqual([HUB_A, HUB_B, 'hub-c.azure-devices.net']);
  });

  it('replaces an enrollment of the same id: a new etag, the old creation, the old place, the keys it had', async () => {
    const instant = { ms: START_MS };
    const stores = storesWith('seed', instant);
    const other = { enrollmentGroupId: 'other', attestation: { type: 'symmetricKey' } } as const;
    const [dps] = setUpOf({}).dps ?? [];
    await applySetUp(
      { dps: [{ ...dps, name: 'dps-1', idScope: SCOPE, enrollmentGroups: [...(dps?.enrollmentGroups ?? []), other] }] },
      stores,
    );
    const before = await stores.enrollments.group(SCOPE, GROUP);
    await applySetUp(setUpOf(WITHOUT_KEYS), stores);
    const atOnce = await stores.enrollments.group(SCOPE, GROUP);
    expect(atOnce?.etag).not.toBe(before?.etag);
    instant.ms += 5_000;
    await applySetUp(setUpOf({ ...WITHOUT_KEYS, provisioningStatus: 'disabled' }), stores);
    const later = await stores.enrollments.group(SCOPE, GROUP);
    expect(later?.etag).not.toBe(atOnce?.etag);
    expect(later).toMatchObject({
      createdDateTimeUtc: '2026-01-01T00:00:00Z',
      lastUpdatedDateTimeUtc: '2026-01-01T00:00:05Z',
      provisioningStatus: 'disabled',
      attestation: { symmetricKey: { primaryKey: GROUP_KEY } },
    });
    expect((await stores.enrollments.groups(SCOPE)).map(({ enrollmentGroupId }) => enrollmentGroupId)).toEqual([
      GROUP,
      'other',
    ]);
  });

  it('is exported as a document that makes the same emulator again', async () => {
    const [one, other] = [storesWith('one'), storesWith('other')];
    await applySetUp(contosoSetUp('http://127.0.0.1:7071/api/HttpTrigger1?code=x'), one);
    await applySetUp(setUpOf(WITHOUT_KEYS), one);
    const exported = await exportSetUp(one);
    await applySetUp(await checkSetUp(JSON.parse(JSON.stringify(exported)), 'export'), other);
    expect(await exportSetUp(other)).toEqual(exported);
  });
});
