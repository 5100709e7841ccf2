import { describe, expect, it } from 'vitest';
import { createHubs } from '../../emulator/core/hub/hub-devices.ts';
import { createIds } from '../../emulator/core/ids.ts';
import type { ProvisionRequest } from '../../emulator/core/ports.ts';

const A = 'a.azure-devices.net';
const B = 'b.azure-devices.net';
const KEYS = { primaryKey: 'p1', secondaryKey: 's1' };
const PROVEN = { kind: 'symmetricKey', which: 'primary', keys: KEYS } as const;

function hubsAt(instant = { ms: Date.UTC(2026, 0, 1) }) {
  const hubs = createHubs({ ids: createIds('seed'), now: () => instant.ms });
  hubs.create(A);
  hubs.create(B);
  return hubs;
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
    const hubs = hubsAt();
    expect(await hubs.provision(request({ iotEdge: true, twin: TWIN }))).toMatchObject({ kind: 'provisioned' });
    expect(hubs.device(A, 'd')).toMatchObject({
      deviceId: 'd',
      status: 'enabled',
      connectionState: 'Disconnected',
      statusUpdatedTime: '2026-01-01T00:00:00.000Z',
      capabilities: { iotEdge: true },
      authentication: { type: 'sas', symmetricKey: KEYS },
    });
    expect(hubs.twin(A, 'd')).toMatchObject({
      deviceId: 'd',
      version: 1,
      tags: { t: 1 },
      properties: { desired: { d: 2 }, reported: {} },
    });
    expect(hubs.devices(A)).toEqual([hubs.device(A, 'd')]);
    expect(hubs.devices(B)).toEqual([]);
  });

  it.each([
    undefined,
    {},
    { tags: null, properties: null },
    { properties: { desired: null } },
  ])('gets an empty twin from %j', async (twin) => {
    const hubs = hubsAt();
    await hubs.provision(request({ twin }));
    expect(hubs.twin(A, 'd')).toMatchObject({ tags: {}, properties: { desired: {}, reported: {} } });
  });

  it('is not created at a hub that is not there', async () => {
    expect(await hubsAt().provision(request({ hub: 'c.azure-devices.net' }))).toEqual({ kind: 'no-such-hub' });
  });

  it('is not created, and nothing is changed, when the twin breaks a limit', async () => {
    const hubs = hubsAt();
    await hubs.provision(request({ twin: TWIN }));
    const before = [hubs.device(A, 'd'), hubs.twin(A, 'd')];
    const refused = await hubs.provision(
      request({ twin: { tags: { 'a.b': 1 } }, proven: { ...PROVEN, keys: { ...KEYS, primaryKey: 'p2' } } }),
    );
    expect(refused).toEqual({ kind: 'twin-refused', faults: [expect.stringContaining('a.b')] });
    expect([hubs.device(A, 'd'), hubs.twin(A, 'd')]).toEqual(before);
    expect(await hubs.provision(request({ hub: B, previous: AT_A, twin: { tags: { $x: 1 } } }))).toMatchObject({
      kind: 'twin-refused',
    });
    expect(hubs.device(A, 'd')).toEqual(before[0]);
    expect(hubs.device(B, 'd')).toBeUndefined();
  });

  it('keeps its twin, etag included, and gets its new key, when it stays', async () => {
    const hubs = hubsAt();
    await hubs.provision(request({ twin: TWIN }));
    const [device, twin] = [hubs.device(A, 'd'), hubs.twin(A, 'd')];
    await hubs.provision(
      request({
        data: 'keep',
        proven: { ...PROVEN, which: 'secondary' },
        previous: AT_A,
        twin: { tags: { 'not.even': 'looked at' } },
      }),
    );
    expect(hubs.twin(A, 'd')).toEqual(twin);
    expect(hubs.device(A, 'd')).toMatchObject({
      authentication: { symmetricKey: { primaryKey: 's1', secondaryKey: 'p1' } },
    });
    expect(hubs.device(A, 'd')?.generationId).toBe(device?.generationId);
    expect(hubs.device(A, 'd')?.etag).not.toBe(device?.etag);
  });

  it('takes its twin and its capabilities along when it migrates, and is gone from the old hub', async () => {
    const hubs = hubsAt();
    await hubs.provision(request({ twin: TWIN, iotEdge: true }));
    await hubs.provision(request({ hub: B, data: 'migrate', previous: AT_A, twin: { tags: { other: 1 } } }));
    expect(hubs.twin(B, 'd')).toMatchObject({ tags: { t: 1 }, properties: { desired: { d: 2 } } });
    expect(hubs.device(B, 'd')?.capabilities).toEqual({ iotEdge: true });
    expect(hubs.device(A, 'd')).toBeUndefined();
    expect(hubs.twin(A, 'd')).toBeUndefined();
  });

  it('begins anew when it is reset, and is gone from the old hub', async () => {
    const hubs = hubsAt();
    await hubs.provision(request({ twin: TWIN, iotEdge: true }));
    await hubs.provision(request({ hub: B, data: 'initial', previous: AT_A, twin: { tags: { other: 1 } } }));
    expect(hubs.twin(B, 'd')).toMatchObject({ tags: { other: 1 }, properties: { desired: {} } });
    expect(hubs.device(B, 'd')?.capabilities).toEqual({ iotEdge: false });
    expect(hubs.devices(A)).toEqual([]);
  });

  it.each(['keep', 'migrate'] as const)('begins anew when there is nothing left to %s', async (data) => {
    const hubs = hubsAt();
    const hub = data === 'keep' ? A : B;
    await hubs.provision(request({ hub, data, previous: AT_A, twin: TWIN }));
    expect(hubs.twin(hub, 'd')).toMatchObject({ tags: { t: 1 }, properties: { desired: { d: 2 } } });
  });

  it('a reset on the same hub is a new version of the twin of the same device', async () => {
    const hubs = hubsAt();
    await hubs.provision(request({ twin: TWIN }));
    const generation = hubs.device(A, 'd')?.generationId;
    await hubs.provision(request({ data: 'initial', previous: AT_A, twin: {} }));
    expect(hubs.twin(A, 'd')).toMatchObject({ version: 2, tags: {} });
    expect(hubs.device(A, 'd')?.generationId).toBe(generation);
  });

  it('hub names compare without regard to case, device ids with it', async () => {
    const hubs = hubsAt();
    hubs.create(A.toUpperCase());
    expect(hubs.names()).toEqual([A, B]);
    await hubs.provision(request({ hub: A.toUpperCase() }));
    expect(hubs.device(A, 'd')).toBeDefined();
    expect(hubs.device(A, 'D')).toBeUndefined();
    await hubs.provision(request({ hub: A, data: 'keep', previous: { hub: A.toUpperCase(), deviceId: 'd' } }));
    expect(hubs.device(A, 'd')).toBeDefined();
  });

  it('moving from a hub that is gone leaves no trace of it', async () => {
    const hubs = hubsAt();
    const previous = { hub: 'gone.azure-devices.net', deviceId: 'd' };
    expect(await hubs.provision(request({ data: 'migrate', previous }))).toMatchObject({ kind: 'provisioned' });
    expect(hubs.names()).toEqual([A, B]);
    expect(hubs.devices('gone.azure-devices.net')).toBeUndefined();
  });

  it('clear forgets hubs and devices', async () => {
    const hubs = hubsAt();
    await hubs.provision(request());
    hubs.clear();
    expect([hubs.names(), hubs.devices(A), hubs.device(A, 'd')]).toEqual([[], undefined, undefined]);
  });
});
