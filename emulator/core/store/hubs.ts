/** Hubs and what assignments leave behind there: devices with their twins. */
import type { HubPolicy } from '../../wire/access-policy.ts';
import type { HubDevice, HubTwin } from '../../wire/hub-device.ts';
import type { ResourceFacts } from '../../wire/resource.ts';
import { type Access, everyItem } from './access.ts';
import type { Page, PageRequest } from './record-store.ts';

export interface StoredHub {
  readonly name: string;
  readonly policies: readonly HubPolicy[];
  readonly facts: ResourceFacts;
}

export interface StoredHubDevice {
  readonly device: HubDevice;
  readonly twin: HubTwin;
  /** When the twin was last written, ISO 8601. */
  readonly twinUpdatedTime: string;
  /** Number of writes to the device; gives its next etag the ordinal. */
  readonly writes: number;
}

/** Host names compare without regard to case; device ids at a hub are case-sensitive. [dps-service-behaviour §3.3] */
export interface HubReads {
  get(hub: string): Promise<StoredHub | undefined>;
  /** In the order in which they were made. */
  list(): Promise<readonly StoredHub[]>;
  device(hub: string, deviceId: string): Promise<StoredHubDevice | undefined>;
  /** Oldest first; empty for a hub that is not there. */
  devicesPage(hub: string, page: PageRequest): Promise<Page<StoredHubDevice>>;
}

export interface StoredHubs extends HubReads {
  put(hub: StoredHub): Promise<void>;
  /** With its devices. False when there is none. */
  delete(hub: string): Promise<boolean>;
  /** Counts how often a hub of this name was made; from 0. */
  nextOrdinal(hub: string): Promise<number>;
  putDevice(hub: string, device: StoredHubDevice): Promise<void>;
  /** False when there is no such device. */
  deleteDevice(hub: string, deviceId: string): Promise<boolean>;
}

const HUBS = 'hubs';
const DEVICES = 'hub-devices';
const MADE = 'hubs-made';

export function storedHubsIn(access: Access): StoredHubs {
  const devicesPage = (hub: string, request: PageRequest): Promise<Page<StoredHubDevice>> =>
    access.page(deviceList(hub), request);
  const deleteDevice = (hub: string, deviceId: string): Promise<boolean> =>
    access.delete(DEVICES, addressOf(hub, deviceId));
  return {
    get: (hub) => access.get(HUBS, hub.toLowerCase()),
    list: () => everyItem((request) => access.page(HUBS, request)),
    device: (hub, deviceId) => access.get(DEVICES, addressOf(hub, deviceId)),
    devicesPage,
    put: (hub) => access.put(HUBS, hub.name.toLowerCase(), hub, [HUBS]),
    delete: async (hub) => {
      const devices = await everyItem((request) => devicesPage(hub, request));
      for (const { device } of devices) await deleteDevice(hub, device.deviceId);
      return access.delete(HUBS, hub.toLowerCase());
    },
    nextOrdinal: async (hub) => {
      const { count = 0 } = (await access.get<{ readonly count: number }>(MADE, hub.toLowerCase())) ?? {};
      await access.put(MADE, hub.toLowerCase(), { count: count + 1 }, []);
      return count;
    },
    putDevice: (hub, device) => access.put(DEVICES, addressOf(hub, device.device.deviceId), device, [deviceList(hub)]),
    deleteDevice,
  };
}

function addressOf(hub: string, deviceId: string): string {
  return `${hub.toLowerCase()}/${deviceId}`;
}

function deviceList(hub: string): string {
  return `${DEVICES}/${hub.toLowerCase()}`;
}
