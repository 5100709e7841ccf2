/** The hubs' device registries: what an assignment leaves behind at the hub. Twins over MQTT come later. */

import { type GivenPolicy, HUB_DEFAULTS, type HubPolicy, type HubRight } from '../../wire/access-policy.ts';
import type { HubAuthentication, HubDevice, HubTwin } from '../../wire/hub-device.ts';
import { hubErrorText } from '../../wire/hub-error.ts';
import type { ResourceFacts } from '../../wire/resource.ts';
import { isoInstant } from '../../wire/timestamp.ts';
import type { InitialTwin } from '../../wire/twin.ts';
import { nullMemberOf, twinFaults } from '../../wire/twin-limits.ts';
import { completedPolicies, isNamed } from '../access/complete-policies.ts';
import type { Ids } from '../ids.ts';
import type { ProvisionRequest, ProvisionResult } from '../ports.ts';
import { everyItem } from '../store/access.ts';
import type { StoredHub, StoredHubDevice } from '../store/hubs.ts';
import type { LinkedHub } from '../store/instances.ts';
import type { Proven } from '../store/proven.ts';
import type { Page, PageRequest } from '../store/record-store.ts';
import { SET_UP_TURN, type Store, type Transaction } from '../store/store.ts';
import { HUB_ERRORS } from './hub-errors.ts';
import { faultOfLink } from './link-access.ts';

export interface HubReads {
  /** Host names, in the order in which they were made. */
  names(): Promise<readonly string[]>;
  /** Which resource it is: its group, region and tags. */
  facts(hub: string): Promise<ResourceFacts | undefined>;
  policies(hub: string): Promise<readonly HubPolicy[] | undefined>;
  devices(hub: string): Promise<readonly HubDevice[] | undefined>;
  device(hub: string, deviceId: string): Promise<HubDevice | undefined>;
  twin(hub: string, deviceId: string): Promise<HubTwin | undefined>;
  /** A device with all that the hub keeps of it. */
  record(hub: string, deviceId: string): Promise<StoredHubDevice | undefined>;
  /** Oldest first; empty for a hub that is not there. */
  recordsPage(hub: string, page: PageRequest): Promise<Page<StoredHubDevice>>;
}

export interface GivenHubParts {
  readonly policies?: readonly GivenPolicy<HubRight>[] | undefined;
  /** Those that a hub is born with and that this one no longer has. */
  readonly deletedPolicies?: readonly string[] | undefined;
  readonly facts?: ResourceFacts | undefined;
}

export interface Hubs extends HubReads {
  /** Does nothing to a hub that is there, except that what is given replaces its own. */
  create(hub: string, given?: GivenHubParts): Promise<void>;
  /** With its devices; links to it stay, and assignments to it fail from then on. False when there is none. */
  delete(hub: string): Promise<boolean>;
  /** False when there is no such device. */
  deleteDevice(hub: string, deviceId: string): Promise<boolean>;
}

export interface HubPorts {
  readonly ids: Ids;
  readonly now: () => number;
}

/** The hubs of a store; each change is a transaction of its own. */
export function createHubs(store: Store, ports: HubPorts): Hubs {
  const change = <T>(work: (hubs: Hubs) => Promise<T>): Promise<T> =>
    store.transaction(SET_UP_TURN, (tx) => work(hubsIn(tx, ports)));
  return {
    ...readHubs(store),
    create: (hub, given) => change((hubs) => hubs.create(hub, given)),
    delete: (hub) => change((hubs) => hubs.delete(hub)),
    deleteDevice: (hub, deviceId) => change((hubs) => hubs.deleteDevice(hub, deviceId)),
  };
}

/** The hubs as a transaction sees and changes them. */
export function hubsIn({ storedHubs }: Pick<Transaction, 'storedHubs'>, { ids }: Pick<HubPorts, 'ids'>): Hubs {
  return {
    ...readHubs({ storedHubs }),
    create: async (hub, { policies: given, deletedPolicies = [], facts } = {}) => {
      const present = await storedHubs.get(hub);
      // Devices that were still being assigned to a hub of this name while it was deleted.
      if (present === undefined) await storedHubs.delete(hub);
      const found = present ?? { name: hub, policies: [], facts: {} };
      // A hub that is made again has other keys.
      const ordinal = present === undefined ? await storedHubs.nextOrdinal(hub) : 0;
      const subject = `${hub.toLowerCase()}${ordinal === 0 ? '' : `#${ordinal}`}`;
      const policies = completedPolicies({
        // What was deleted does not come back because a document names the hub.
        defaults:
          present !== undefined && given === undefined
            ? []
            : HUB_DEFAULTS.filter((one) => !deletedPolicies.some((name) => isNamed(one, name))),
        given,
        present: found.policies,
        generateKey: (keyName, which) => ids.symmetricKey(which, `${subject}/${keyName.toLowerCase()}`),
      });
      await storedHubs.put({ name: found.name, policies, facts: { ...found.facts, ...facts } });
    },
    delete: storedHubs.delete,
    deleteDevice: storedHubs.deleteDevice,
  };
}

/** The policies that a hub is born with and that are not among these, by name. */
export function defaultsWithout(policies: readonly { readonly keyName: string }[]): readonly string[] {
  return HUB_DEFAULTS.map(({ keyName }) => keyName).filter((name) => !policies.some((one) => isNamed(one, name)));
}

export function readHubs({ storedHubs }: Pick<Store, 'storedHubs'>): HubReads {
  return {
    names: async () => (await storedHubs.list()).map(({ name }) => name),
    facts: async (hub) => (await storedHubs.get(hub))?.facts,
    policies: async (hub) => (await storedHubs.get(hub))?.policies,
    devices: async (hub) => {
      if ((await storedHubs.get(hub)) === undefined) return undefined;
      const records = await everyItem((request) => storedHubs.devicesPage(hub, request));
      return records.map(({ device }) => device);
    },
    device: async (hub, deviceId) => (await storedHubs.device(hub, deviceId))?.device,
    twin: async (hub, deviceId) => (await storedHubs.device(hub, deviceId))?.twin,
    record: storedHubs.device,
    recordsPage: storedHubs.devicesPage,
  };
}

/** Creates or updates a device at its hub, and removes it from the one that it has left. */
export async function provisionDevice(
  request: ProvisionRequest,
  { storedHubs }: Pick<Transaction, 'storedHubs'>,
  { ids, now }: HubPorts,
): Promise<ProvisionResult> {
  const { hub, deviceId, previous, link } = request;
  const time = isoInstant(now());
  const stored = await storedHubs.get(hub);
  if (stored === undefined) return { kind: 'no-such-hub' };
  const hasMoved = previous !== undefined && previous.hub.toLowerCase() !== hub.toLowerCase();
  const left = hasMoved ? await storedHubs.get(previous.hub) : undefined;
  const refused = refusedOver(link, stored) ?? refusedOver(request.previousLink, left);
  if (refused !== undefined) {
    const { errorCode, message } = HUB_ERRORS.IotHubUnauthorizedAccess;
    const trackingId = ids.guid('tracking', `${hub}/${deviceId}`, now());
    // What the service hands on to the device, word for word. [sdk-c #1789]
    const errorMessage = hubErrorText({ code: 'IotHubUnauthorizedAccess', message, trackingId, at: time });
    return { kind: 'refused', errorCode, errorMessage, ...refused };
  }
  const old = previous && (await storedHubs.device(previous.hub, previous.deviceId));
  const existing = await storedHubs.device(hub, deviceId);
  const source = request.data === 'migrate' ? old : request.data === 'keep' ? existing : undefined;
  const initial = source === undefined ? request.twin : undefined;
  const faults = initial === undefined ? [] : twinFaults(initial);
  if (faults.length > 0) return { kind: 'twin-refused', faults };
  const member = initial === undefined || request.nulls === 'keep' ? undefined : nullMemberOf(initial);
  if (member !== undefined) return { kind: 'twin-null', member };
  const writes = (existing?.writes ?? 0) + 1;
  const version = (existing?.twin.version ?? 0) + 1;
  const etag = ids.etag('hub-device', `${hub}/${deviceId}`, writes, now());
  const twinEtag = ids.etag('hub-twin', `${hub}/${deviceId}`, version, now());
  // A twin that stays is not written; one that migrates is copied.
  const isKept = source !== undefined && source === existing;
  const twin = isKept
    ? source.twin
    : source
      ? { ...source.twin, etag: twinEtag }
      : newTwin(deviceId, initial, twinEtag, version);
  await storedHubs.putDevice(hub, {
    device: {
      deviceId,
      generationId: existing?.device.generationId ?? ids.guid('generation', `${hub}/${deviceId}`, 0),
      etag,
      connectionState: 'Disconnected',
      status: 'enabled',
      statusUpdatedTime: existing?.device.statusUpdatedTime ?? time,
      // Capabilities migrate with the twin. [dps-service-behaviour §5.4]
      capabilities: request.data === 'migrate' && old ? old.device.capabilities : { iotEdge: request.iotEdge },
      authentication: authenticationOf(request.proven, (which) =>
        ids.symmetricKey(which, `${hub.toLowerCase()}/devices/${deviceId}`),
      ),
    },
    twin,
    twinUpdatedTime: isKept ? source.twinUpdatedTime : time,
    writes,
  });
  if (hasMoved) await storedHubs.deleteDevice(previous.hub, previous.deviceId);
  return { kind: 'provisioned', isTwinInitial: source === undefined };
}

function refusedOver(
  link: LinkedHub | undefined,
  hub: StoredHub | undefined,
): { readonly hub: string; readonly reason: string } | undefined {
  const reason = link && hub && faultOfLink(link, hub);
  return reason === undefined || hub === undefined ? undefined : { hub: hub.name, reason };
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
