/** The hubs' device registries, in memory: what an assignment leaves behind at the hub. Twins over MQTT come later. */

import { type GivenPolicy, HUB_DEFAULTS, type HubPolicy, type HubRight } from '../../wire/access-policy.ts';
import type { HubAuthentication, HubDevice, HubTwin } from '../../wire/hub-device.ts';
import type { ResourceFacts } from '../../wire/resource.ts';
import { isoInstant } from '../../wire/timestamp.ts';
import type { InitialTwin } from '../../wire/twin.ts';
import { twinFaults } from '../../wire/twin-limits.ts';
import { completedPolicies } from '../access/complete-policies.ts';
import type { Proven } from '../dps/attestation/proven.ts';
import type { Ids } from '../ids.ts';
import type { HubPort, ProvisionRequest, ProvisionResult } from '../ports.ts';
import { createOrderedMap, type OrderedMap, type Page, type PageRequest } from '../store/ordered-map.ts';

interface HubRecord {
  readonly device: HubDevice;
  readonly twin: HubTwin;
  readonly twinUpdatedTime: string;
  /** Number of writes to the device; gives its next etag the ordinal. */
  readonly writes: number;
}

interface Hub {
  readonly name: string;
  readonly devices: OrderedMap<HubRecord>;
  policies: readonly HubPolicy[];
  facts: ResourceFacts;
}

export interface GivenHubParts {
  readonly policies?: readonly GivenPolicy<HubRight>[] | undefined;
  readonly facts?: ResourceFacts | undefined;
}

export interface Hubs extends HubPort {
  /** Host names, in the order in which they were made. */
  names(): readonly string[];
  /** Does nothing to a hub that is there, except that what is given replaces its own. */
  create(hub: string, given?: GivenHubParts): void;
  /** Which resource it is: its group, region and tags. */
  facts(hub: string): ResourceFacts | undefined;
  /** With its devices; links to it stay, and assignments to it fail from then on. False when there is none. */
  delete(hub: string): boolean;
  policies(hub: string): readonly HubPolicy[] | undefined;
  devices(hub: string): readonly HubDevice[] | undefined;
  /** Oldest first; empty for a hub that is not there. */
  devicesPage(hub: string, page: PageRequest): Page<HubDevice>;
  device(hub: string, deviceId: string): HubDevice | undefined;
  twin(hub: string, deviceId: string): HubTwin | undefined;
  /** When the twin was last written, ISO 8601. */
  twinUpdatedTime(hub: string, deviceId: string): string | undefined;
  /** False when there is no such device. */
  deleteDevice(hub: string, deviceId: string): boolean;
  clear(): void;
}

export function createHubs({ ids, now }: { readonly ids: Ids; readonly now: () => number }): Hubs {
  /** Host names compare without regard to case; device ids at a hub are case-sensitive. [dps-service-behaviour §3.3] */
  const hubs = new Map<string, Hub>();
  const devicesOf = (hub: string): OrderedMap<HubRecord> | undefined => hubs.get(hub.toLowerCase())?.devices;

  const provision = (request: ProvisionRequest): ProvisionResult => {
    const devices = devicesOf(request.hub);
    if (devices === undefined) return { kind: 'no-such-hub' };
    const old = request.previous && devicesOf(request.previous.hub)?.get(request.previous.deviceId);
    const existing = devices.get(request.deviceId);
    const source = request.data === 'migrate' ? old : request.data === 'keep' ? existing : undefined;
    const initial = source === undefined ? request.twin : undefined;
    const faults = initial === undefined ? [] : twinFaults(initial);
    if (faults.length > 0) return { kind: 'twin-refused', faults };
    const writes = (existing?.writes ?? 0) + 1;
    const version = (existing?.twin.version ?? 0) + 1;
    const etag = ids.etag('hub-device', `${request.hub}/${request.deviceId}`, writes, now());
    const twinEtag = ids.etag('hub-twin', `${request.hub}/${request.deviceId}`, version, now());
    const time = isoInstant(now());
    // A twin that stays is not written; one that migrates is copied.
    const isKept = source !== undefined && source === existing;
    const twin = isKept
      ? source.twin
      : source
        ? { ...source.twin, etag: twinEtag }
        : newTwin(request.deviceId, initial, twinEtag, version);
    devices.set(request.deviceId, {
      device: {
        deviceId: request.deviceId,
        generationId: existing?.device.generationId ?? ids.guid('generation', `${request.hub}/${request.deviceId}`, 0),
        etag,
        connectionState: 'Disconnected',
        status: 'enabled',
        statusUpdatedTime: existing?.device.statusUpdatedTime ?? time,
        // Capabilities migrate with the twin. [dps-service-behaviour §5.4]
        capabilities: request.data === 'migrate' && old ? old.device.capabilities : { iotEdge: request.iotEdge },
        authentication: authenticationOf(request.proven, (which) =>
          ids.symmetricKey(which, `${request.hub.toLowerCase()}/devices/${request.deviceId}`),
        ),
      },
      twin,
      twinUpdatedTime: isKept ? source.twinUpdatedTime : time,
      writes,
    });
    const hasMoved = request.previous !== undefined && request.previous.hub.toLowerCase() !== request.hub.toLowerCase();
    if (hasMoved) devicesOf(request.previous.hub)?.delete(request.previous.deviceId);
    return { kind: 'provisioned', isTwinInitial: source === undefined };
  };

  return {
    names: () => [...hubs.values()].map((hub) => hub.name),
    create: (hub, { policies: given, facts } = {}) => {
      const found = hubs.get(hub.toLowerCase()) ?? newHub(hub);
      found.facts = { ...found.facts, ...facts };
      found.policies = completedPolicies({
        defaults: HUB_DEFAULTS,
        given,
        present: found.policies,
        generateKey: (keyName, which) => ids.symmetricKey(which, `${hub.toLowerCase()}/${keyName.toLowerCase()}`),
      });
      hubs.set(hub.toLowerCase(), found);
    },
    facts: (hub) => hubs.get(hub.toLowerCase())?.facts,
    delete: (hub) => hubs.delete(hub.toLowerCase()),
    policies: (hub) => hubs.get(hub.toLowerCase())?.policies,
    devices: (hub) => {
      const devices = devicesOf(hub);
      return devices?.values().map((record) => record.device);
    },
    devicesPage: (hub, page) => {
      const { items, ...rest } = devicesOf(hub)?.page(page) ?? { items: [] };
      return { items: items.map((record) => record.device), ...rest };
    },
    device: (hub, deviceId) => devicesOf(hub)?.get(deviceId)?.device,
    twin: (hub, deviceId) => devicesOf(hub)?.get(deviceId)?.twin,
    twinUpdatedTime: (hub, deviceId) => devicesOf(hub)?.get(deviceId)?.twinUpdatedTime,
    deleteDevice: (hub, deviceId) => devicesOf(hub)?.delete(deviceId) ?? false,
    provision: async (request) => provision(request),
    clear: () => hubs.clear(),
  };
}

function newHub(name: string): Hub {
  return { name, devices: createOrderedMap(), policies: [], facts: {} };
}

function authenticationOf(proven: Proven, generateKey: (which: 'primary' | 'secondary') => string): HubAuthentication {
  switch (proven.kind) {
    case 'symmetricKey': {
      // The hub's primary key is the one that the device has proved.
      const { primaryKey, secondaryKey } = proven.keys;
      const swapped = { primaryKey: secondaryKey, secondaryKey: primaryKey };
      return { type: 'sas', symmetricKey: proven.which === 'primary' ? proven.keys : swapped };
    }
    case 'x509':
      // For the device of a group as well. That it is the SHA-256 is what the Azure CLI's own tests compare.
      return { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: proven.thumbprints.sha256 } };
    case 'tpm':
      return {
        type: 'sas',
        symmetricKey: { primaryKey: generateKey('primary'), secondaryKey: generateKey('secondary') },
      };
  }
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
