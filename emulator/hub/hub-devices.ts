/** The hubs' device registries, in memory: what an assignment leaves behind at the hub. Twins over MQTT come later. */
import type { Ids } from '../core/ids.ts';
import type { HubPort, ProvisionRequest, ProvisionResult } from '../core/ports.ts';
import type { SymmetricKeys } from '../wire/enrollment.ts';
import { isoInstant } from '../wire/timestamp.ts';
import type { InitialTwin, JsonObject } from '../wire/twin.ts';
import { twinFaults } from '../wire/twin-limits.ts';

/** A device as its hub lists it. [dps-service-behaviour §10.2] */
export interface HubDevice {
  readonly deviceId: string;
  readonly generationId: string;
  readonly etag: string;
  readonly connectionState: 'Disconnected';
  readonly status: 'enabled';
  readonly statusUpdatedTime: string;
  readonly capabilities: { readonly iotEdge: boolean };
  readonly authentication: { readonly type: 'sas'; readonly symmetricKey: SymmetricKeys };
}

/** A device's twin. Reported properties stay empty until devices can connect to the hub. */
export interface HubTwin {
  readonly deviceId: string;
  readonly etag: string;
  readonly version: number;
  readonly tags: JsonObject;
  readonly properties: { readonly desired: JsonObject; readonly reported: JsonObject };
}

interface HubRecord {
  readonly device: HubDevice;
  readonly twin: HubTwin;
}

export interface Hubs extends HubPort {
  /** Host names, in the order in which they were made. */
  names(): readonly string[];
  create(hub: string): void;
  devices(hub: string): readonly HubDevice[] | undefined;
  device(hub: string, deviceId: string): HubDevice | undefined;
  twin(hub: string, deviceId: string): HubTwin | undefined;
  clear(): void;
}

export function createHubs({ ids, now }: { readonly ids: Ids; readonly now: () => number }): Hubs {
  /** Host names compare without regard to case; device ids at a hub are case-sensitive. [dps-service-behaviour §3.3] */
  const hubs = new Map<string, { readonly name: string; readonly devices: Map<string, HubRecord> }>();
  const devicesOf = (hub: string): Map<string, HubRecord> | undefined => hubs.get(hub.toLowerCase())?.devices;

  const provision = (request: ProvisionRequest): ProvisionResult => {
    const devices = devicesOf(request.hub);
    if (devices === undefined) return { kind: 'no-such-hub' };
    const faults = request.twin === undefined ? [] : twinFaults(request.twin);
    if (faults.length > 0) return { kind: 'twin-refused', faults };
    const old = request.previous && devicesOf(request.previous.hub)?.get(request.previous.deviceId);
    const existing = devices.get(request.deviceId);
    const source = request.data === 'migrate' ? old?.twin : request.data === 'keep' ? existing?.twin : undefined;
    const version = (existing?.twin.version ?? 0) + 1;
    const stamp = ids.etag('hub-device', `${request.hub}/${request.deviceId}`, version, now());
    devices.set(request.deviceId, {
      device: deviceRecord(request, existing, ids, isoInstant(now()), stamp),
      twin: source ? { ...source, etag: stamp } : newTwin(request.deviceId, request.twin, stamp, version),
    });
    const hasMoved = request.previous !== undefined && request.previous.hub.toLowerCase() !== request.hub.toLowerCase();
    if (hasMoved) devicesOf(request.previous.hub)?.delete(request.previous.deviceId);
    return { kind: 'provisioned' };
  };

  return {
    names: () => [...hubs.values()].map((hub) => hub.name),
    create: (hub) => {
      if (!hubs.has(hub.toLowerCase())) hubs.set(hub.toLowerCase(), { name: hub, devices: new Map() });
    },
    devices: (hub) => {
      const devices = devicesOf(hub);
      return devices && [...devices.values()].map((record) => record.device);
    },
    device: (hub, deviceId) => devicesOf(hub)?.get(deviceId)?.device,
    twin: (hub, deviceId) => devicesOf(hub)?.get(deviceId)?.twin,
    provision: async (request) => provision(request),
    clear: () => hubs.clear(),
  };
}

function deviceRecord(
  request: ProvisionRequest,
  existing: HubRecord | undefined,
  ids: Ids,
  updatedTime: string,
  etag: string,
): HubDevice {
  return {
    deviceId: request.deviceId,
    generationId: existing?.device.generationId ?? ids.guid('generation', `${request.hub}/${request.deviceId}`, 0),
    etag,
    connectionState: 'Disconnected',
    status: 'enabled',
    statusUpdatedTime: existing?.device.statusUpdatedTime ?? updatedTime,
    capabilities: { iotEdge: request.iotEdge },
    authentication: { type: 'sas', symmetricKey: request.keys },
  };
}

function newTwin(deviceId: string, initial: InitialTwin | undefined, etag: string, version: number): HubTwin {
  return {
    deviceId,
    etag,
    version,
    tags: initial?.tags ?? {},
    properties: { desired: initial?.properties?.desired ?? {}, reported: {} },
  };
}
