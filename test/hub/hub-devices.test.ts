import { describe, expect, it } from 'vitest';
import { createHubs, provisionDevice } from '../../emulator/core/hub/hub-devices.ts';
import { createIds } from '../../emulator/core/ids.ts';
import type { ProvisionRequest } from '../../emulator/core/ports.ts';
import { createMemoryStore } from '../../emulator/core/store/memory/memory-store.ts';
import { createStore } from '../../emulator/core/store/store.ts';

const A = 'a.azure-devices.net';
const B = 'b.azure-devices.net';
const KEYS = { primaryKey: 'p1', secondaryKey: 's1' };
const PROVEN = { kind: 'symmetricKey', which: 'primary', keys: KEYS } as const;

async function hubsAt(instant = { ms: Date.UTC(2026, 0, 1) }) {
  const store = createStore(createMemoryStore());
  const ports = { ids: createIds('seed'), now: () => instant.ms };
  const hubs = createHubs(store, ports);
  await hubs.create(A);
  await hubs.create(B);
  const provision = (asked: ProvisionRequest) => store.transaction('device', (tx) => provisionDevice(asked, tx, ports));
  return { ...hubs, provision };
}

const request = (more: Partial<ProvisionRequest> = {}): ProvisionRequest => ({
  hub: A,
  deviceId: 'd',
  proven: PROVEN,
  iotEdge: false,
  data: 'initial',
  twin: undefined,
  previous: undefined,
  ...more,
});

const TWIN = { tags: { t: 1 }, properties: { desired: { d: 2 } } };
const AT_A = { hub: A, deviceId: 'd' };

describe('a device at its hub [dps-service-behaviour §5.3, §10.2]', () => {
  it('is created enabled, with its keys, its capabilities and its twin', async () => {
    const hubs = await hubsAt();
    expect(await hubs.provision(request({ iotEdge: true, twin: TWIN }))).toMatchObject({ kind: 'provisioned' });
    expect(await hubs.device(A, 'd')).toMatchObject({
      deviceId: 'd',
      status: 'enabled',
      connectionState: 'Disconnected',
      statusUpdatedTime: '2026-01-01T00:00:00.000Z',
      capabilities: { iotEdge: true },
      authentication: { type: 'sas', symmetricKey: KEYS },
    });
    expect(await hubs.twin(A, 'd')).toMatchObject({
      deviceId: 'd',
      version: 1,
      tags: { t: 1 },
      properties: { desired: { d: 2 }, reported: {} },
    });
    expect(await hubs.devices(A)).toEqual([await hubs.device(A, 'd')]);
    expect(await hubs.devices(B)).toEqual([]);
  });

  it.each([
    undefined,
    {},
    { tags: null, properties: null },
    { properties: { desired: null } },
  ])('gets an empty twin from %j', async (twin) => {
    const hubs = await hubsAt();
    await hubs.provision(request({ twin }));
    expect(await hubs.twin(A, 'd')).toMatchObject({ tags: {}, properties: { desired: {}, reported: {} } });
  });

  it('is not created at a hub that is not there', async () => {
    expect(await (await hubsAt()).provision(request({ hub: 'c.azure-devices.net' }))).toEqual({ kind: 'no-such-hub' });
  });

  it('is not created, and nothing is changed, when the twin breaks a limit', async () => {
    const hubs = await hubsAt();
    await hubs.provision(request({ twin: TWIN }));
    const before = [await hubs.device(A, 'd'), await hubs.twin(A, 'd')];
    const refused = await hubs.provision(
      request({ twin: { tags: { 'a.b': 1 } }, proven: { ...PROVEN, keys: { ...KEYS, primaryKey: 'p2' } } }),
    );
    expect(refused).toEqual({ kind: 'twin-refused', faults: [expect.stringContaining('a.b')] });
    expect([await hubs.device(A, 'd'), await hubs.twin(A, 'd')]).toEqual(before);
    expect(await hubs.provision(request({ hub: B, previous: AT_A, twin: { tags: { $x: 1 } } }))).toMatchObject({
      kind: 'twin-refused',
    });
    expect(await hubs.device(A, 'd')).toEqual(before[0]);
    expect(await hubs.device(B, 'd')).toBeUndefined();
  });

  it('keeps its twin, etag included, and gets its new key, when it stays', async () => {
    const hubs = await hubsAt();
    await hubs.provision(request({ twin: TWIN }));
    const [device, twin] = [await hubs.device(A, 'd'), await hubs.twin(A, 'd')];
    await hubs.provision(
      request({
        data: 'keep',
        proven: { ...PROVEN, which: 'secondary' },
        previous: AT_A,
        twin: { tags: { 'not.even': 'looked at' } },
      }),
    );
    expect(await hubs.twin(A, 'd')).toEqual(twin);
    expect(await hubs.device(A, 'd')).toMatchObject({
      authentication: { symmetricKey: { primaryKey: 's1', secondaryKey: 'p1' } },
    });
    expect((await hubs.device(A, 'd'))?.generationId).toBe(device?.generationId);
    expect((await hubs.device(A, 'd'))?.etag).not.toBe(device?.etag);
  });

  it('takes its twin and its capabilities along when it migrates, and is gone from the old hub', async () => {
    const hubs = await hubsAt();
    await hubs.provision(request({ twin: TWIN, iotEdge: true }));
    await hubs.provision(request({ hub: B, data: 'migrate', previous: AT_A, twin: { tags: { other: 1 } } }));
    expect(await hubs.twin(B, 'd')).toMatchObject({ tags: { t: 1 }, properties: { desired: { d: 2 } } });
    expect((await hubs.device(B, 'd'))?.capabilities).toEqual({ iotEdge: true });
    expect(await hubs.device(A, 'd')).toBeUndefined();
    expect(await hubs.twin(A, 'd')).toBeUndefined();
  });

  it('begins anew when it is reset, and is gone from the old hub', async () => {
    const hubs = await hubsAt();
    await hubs.provision(request({ twin: TWIN, iotEdge: true }));
    await hubs.provision(request({ hub: B, data: 'initial', previous: AT_A, twin: { tags: { other: 1 } } }));
    expect(await hubs.twin(B, 'd')).toMatchObject({ tags: { other: 1 }, properties: { desired: {} } });
    expect((await hubs.device(B, 'd'))?.capabilities).toEqual({ iotEdge: false });
    expect(await hubs.devices(A)).toEqual([]);
  });

  it.each(['keep', 'migrate'] as const)('begins anew when there is nothing left to %s', async (data) => {
    const hubs = await hubsAt();
    const hub = data === 'keep' ? A : B;
    await hubs.provision(request({ hub, data, previous: AT_A, twin: TWIN }));
    expect(await hubs.twin(hub, 'd')).toMatchObject({ tags: { t: 1 }, properties: { desired: { d: 2 } } });
  });

  it('a reset on the same hub is a new version of the twin of the same device', async () => {
    const hubs = await hubsAt();
    await hubs.provision(request({ twin: TWIN }));
    const generation = (await hubs.device(A, 'd'))?.generationId;
    await hubs.provision(request({ data: 'initial', previous: AT_A, twin: {} }));
    expect(await hubs.twin(A, 'd')).toMatchObject({ version: 2, tags: {} });
    expect((await hubs.device(A, 'd'))?.generationId).toBe(generation);
  });

  it('hub names compare without regard to case, device ids with it', async () => {
    const hubs = await hubsAt();
    await hubs.create(A.toUpperCase());
    expect(await hubs.names()).toEqual([A, B]);
    await hubs.provision(request({ hub: A.toUpperCase() }));
    expect(await hubs.device(A, 'd')).toBeDefined();
    expect(await hubs.device(A, 'D')).toBeUndefined();
    await hubs.provision(request({ hub: A, data: 'keep', previous: { hub: A.toUpperCase(), deviceId: 'd' } }));
    expect(await hubs.device(A, 'd')).toBeDefined();
  });

  it('moving from a hub that is gone leaves no trace of it', async () => {
    const hubs = await hubsAt();
    const previous = { hub: 'gone.azure-devices.net', deviceId: 'd' };
    expect(await hubs.provision(request({ data: 'migrate', previous }))).toMatchObject({ kind: 'provisioned' });
    expect(await hubs.names()).toEqual([A, B]);
    expect(await hubs.devices('gone.azure-devices.net')).toBeUndefined();
  });

  it('a deleted hub is gone with its devices, also when one of its name is made again', async () => {
    const hubs = await hubsAt();
    await hubs.provision(request());
    expect([await hubs.delete(A), await hubs.delete(A)]).toEqual([true, false]);
    expect([await hubs.names(), await hubs.devices(A), await hubs.device(A, 'd')]).toEqual([[B], undefined, undefined]);
    await hubs.create(A);
    expect(await hubs.devices(A)).toEqual([]);
  });
});
