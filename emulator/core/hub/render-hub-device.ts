/** A device and its twin as the hub's REST API shows them: members and order of the service. [dps-service-behaviour §10.2] */

import type { HubDevice, HubTwin } from '../../wire/hub-device.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/twin.ts';

/** What the hub prints for an instant that never came. */
const NEVER = '0001-01-01T00:00:00Z';

export function renderDevice(device: HubDevice): object {
  return {
    deviceId: device.deviceId,
    generationId: device.generationId,
    etag: deviceEtag(device),
    connectionState: device.connectionState,
    status: device.status,
    statusReason: null,
    connectionStateUpdatedTime: NEVER,
    statusUpdatedTime: device.statusUpdatedTime,
    lastActivityTime: NEVER,
    cloudToDeviceMessageCount: 0,
    authentication: {
      symmetricKey: keysOf(device),
      x509Thumbprint: thumbprintsOf(device),
      type: device.authentication.type,
    },
    capabilities: device.capabilities,
  };
}

/** @param updatedTime when the twin was last written */
export function renderTwin(twin: HubTwin, device: HubDevice, updatedTime: string): object {
  return {
    deviceId: twin.deviceId,
    etag: twinEtag(twin),
    deviceEtag: deviceEtag(device),
    status: device.status,
    statusUpdateTime: device.statusUpdatedTime,
    connectionState: device.connectionState,
    lastActivityTime: NEVER,
    cloudToDeviceMessageCount: 0,
    authenticationType: device.authentication.type,
    x509Thumbprint: thumbprintsOf(device),
    modelId: '',
    version: twin.version,
    tags: twin.tags,
    properties: {
      desired: withMetadata(twin.properties.desired, updatedTime, twin.version),
      reported: withMetadata(twin.properties.reported, updatedTime, 1),
    },
    capabilities: device.capabilities,
  };
}

function keysOf({ authentication }: HubDevice): object {
  return authentication.type === 'sas' ? authentication.symmetricKey : { primaryKey: null, secondaryKey: null };
}

function thumbprintsOf({ authentication }: HubDevice): object {
  const none = { primaryThumbprint: null, secondaryThumbprint: null };
  return authentication.type === 'selfSigned' ? { ...none, ...authentication.x509Thumbprint } : none;
}

/** The base64 of a number in digits, as hubs show it; made of the stamp of the device's last write. */
export function deviceEtag({ etag }: HubDevice): string {
  const digits = String(Number.parseInt(etag.replaceAll(/[^0-9a-f]/gi, '').slice(0, 8), 16));
  return Buffer.from(digits, 'utf8').toString('base64');
}

/** The base64 of the version in eight bytes: `AAAAAAAAAAc=` is version 7. */
function twinEtag({ version }: HubTwin): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(version));
  return bytes.toString('base64');
}

function withMetadata(section: JsonObject, updatedTime: string, version: number): JsonObject {
  return { ...section, $metadata: metadataOf(section, updatedTime), $version: version };
}

/** Each member has an entry of its own, nested as the members are. */
function metadataOf(value: JsonValue, updatedTime: string): JsonObject {
  const members = isJsonObject(value)
    ? Object.entries(value).map(([name, member]) => [name, metadataOf(member, updatedTime)])
    : [];
  return { $lastUpdated: updatedTime, ...Object.fromEntries(members) };
}
