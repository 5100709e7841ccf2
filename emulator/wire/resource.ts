/** Resources as the management plane shows them: groups, provisioning services and hubs. [dps-service-behaviour §8.1] */
import { DPS_HOST_SUFFIX, HUB_HOST_SUFFIX } from './access-policy.ts';

/** What a set-up document may say of a service or a hub as a resource. */
export interface ResourceFacts {
  /** Default: `dps-emulator`. */
  readonly resourceGroup?: string;
  /** Default: `westus`. */
  readonly location?: string;
  readonly tags?: Tags;
}

export type Tags = Readonly<Record<string, string>>;

export const resourceFactsSchema = {
  resourceGroup: { type: 'string', minLength: 1, maxLength: 90 },
  location: { type: 'string', minLength: 1 },
  tags: { type: 'object', additionalProperties: { type: 'string' } },
} as const;

/** Where resources belong that nobody put anywhere: those of the set-up that an emulator starts with. */
export const DEFAULT_RESOURCE_GROUP = 'dps-emulator';
export const DEFAULT_LOCATION = 'westus';

/** The one subscription that there is. */
export const SUBSCRIPTION_ID = '00000000-0000-0000-0000-000000000000';

export interface ResourceGroupResource {
  readonly id: string;
  readonly name: string;
  readonly type: 'Microsoft.Resources/resourceGroups';
  readonly location: string;
  readonly managedBy: null;
  readonly properties: { readonly provisioningState: 'Succeeded' };
  readonly tags: Tags | null;
}

export interface Sku {
  readonly name: string;
  readonly tier: string;
  readonly capacity: number;
}

/** What a service and a hub have in common. */
interface TrackedResource {
  readonly id: string;
  readonly name: string;
  readonly etag: string;
  readonly location: string;
  readonly resourcegroup: string;
  readonly subscriptionid: string;
  readonly sku: Sku;
  readonly tags: Tags;
}

/** `name` is the hub's host name; the key of the connection string is masked. */
export interface LinkedHubResource {
  readonly name: string;
  readonly location: string;
  readonly connectionString: string;
  readonly allocationWeight: number | null;
  readonly applyAllocationPolicy: boolean | null;
}

export interface ProvisioningServiceResource extends TrackedResource {
  readonly type: 'Microsoft.Devices/provisioningServices';
  readonly properties: {
    readonly allocationPolicy: string;
    /** Keys have a request of their own. */
    readonly authorizationPolicies: null;
    readonly deviceProvisioningHostName: string;
    readonly enableDataResidency: boolean | null;
    readonly idScope: string;
    readonly iotHubs: readonly LinkedHubResource[];
    readonly provisioningState: 'Succeeded';
    readonly publicNetworkAccess: 'Enabled';
    readonly serviceOperationsHostName: string;
    readonly state: 'Active';
  };
}

export interface IotHubResource extends TrackedResource {
  readonly type: 'Microsoft.Devices/IotHubs';
  readonly properties: {
    readonly hostName: string;
    readonly provisioningState: 'Succeeded';
    readonly state: 'Active';
  };
}

/** A policy with its keys; `rights` is a list in one text: `EnrollmentRead, EnrollmentWrite`. */
export interface PolicyResource {
  readonly keyName: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly rights: string;
}

/** The host name of a hub that is given by its name or by its host name. */
export function hubHostOf(hub: string): string {
  return hub.includes('.') ? hub : `${hub}${HUB_HOST_SUFFIX}`;
}

/** A hub's name as a resource: its host name up to the first dot. */
export function hubNameOf(host: string): string {
  return host.split('.')[0] ?? host;
}

/** Names of services are given with or without the suffix of their host. */
export function dpsNameOf(name: string): string {
  return name.toLowerCase().endsWith(DPS_HOST_SUFFIX) ? name.slice(0, -DPS_HOST_SUFFIX.length) : name;
}

/** The host name, policy and key inside a connection string; `undefined` when it is none. */
export function parseConnectionString(text: string): ParsedConnectionString | undefined {
  const parts = new Map(
    text
      .split(';')
      .filter((part) => part.includes('='))
      .map((part): [string, string] => [
        part.slice(0, part.indexOf('=')).trim().toLowerCase(),
        part.slice(part.indexOf('=') + 1).trim(),
      ]),
  );
  const host = parts.get('hostname');
  const keyName = parts.get('sharedaccesskeyname');
  const key = parts.get('sharedaccesskey');
  return host && keyName && key ? { host, keyName, key } : undefined;
}

export interface ParsedConnectionString {
  readonly host: string;
  readonly keyName: string;
  /** Base64, or masked. */
  readonly key: string;
}
