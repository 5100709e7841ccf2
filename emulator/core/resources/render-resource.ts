/** Resources as the management plane shows them. Keys are left out or masked: they have a request of their own. [dps-service-behaviour §8.1] */
import { hash } from 'node:crypto';
import { type AccessPolicy, serviceHostOf } from '../../wire/access-policy.ts';
import { MASK } from '../../wire/mask.ts';
import {
  DEFAULT_LOCATION,
  DEFAULT_RESOURCE_GROUP,
  hubNameOf,
  type IotHubResource,
  type LinkedHubResource,
  type PolicyResource,
  type ProvisioningServiceResource,
  type ResourceFacts,
  type ResourceGroupResource,
  SUBSCRIPTION_ID,
} from '../../wire/resource.ts';
import type { StoredHub } from '../store/hubs.ts';
import type { DpsInstance, LinkedHub } from '../store/instances.ts';
import type { ResourceGroup } from '../store/resource-groups.ts';

/** What devices dial, whichever the instance. [dps-device-protocol §1.1] */
const DEVICE_HOST = 'global.azure-devices-provisioning.net';

export function renderGroup({ name, location, tags }: ResourceGroup): ResourceGroupResource {
  return {
    id: `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/${name}`,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    managedBy: null,
    properties: { provisioningState: 'Succeeded' },
    tags: tags ?? null,
  };
}

/** @param hubLocation where a hub is, for links that do not say it themselves */
export function renderProvisioningService(
  instance: DpsInstance,
  hubLocation: (host: string) => string,
): ProvisioningServiceResource {
  const { name, idScope, allocationPolicy, linkedHubs } = instance;
  return tracked(
    name,
    'Microsoft.Devices/provisioningServices',
    instance,
    {
      properties: {
        allocationPolicy: `${allocationPolicy.charAt(0).toUpperCase()}${allocationPolicy.slice(1)}`,
        authorizationPolicies: null,
        deviceProvisioningHostName: DEVICE_HOST,
        enableDataResidency: null,
        idScope,
        iotHubs: linkedHubs.map((link) => renderLink(link, hubLocation)),
        provisioningState: 'Succeeded',
        publicNetworkAccess: 'Enabled',
        serviceOperationsHostName: serviceHostOf(name),
        state: 'Active',
      },
    } as const,
    [instance.policies, linkedHubs.map(({ key }) => key)],
  );
}

export function renderIotHub({ name, facts, policies }: StoredHub): IotHubResource {
  return tracked(
    hubNameOf(name),
    'Microsoft.Devices/IotHubs',
    facts,
    { properties: { hostName: name, provisioningState: 'Succeeded', state: 'Active' } } as const,
    policies,
  );
}

export function renderPolicy({ keyName, primaryKey, secondaryKey, rights }: AccessPolicy<string>): PolicyResource {
  return { keyName, primaryKey, secondaryKey, rights: rights.join(', ') };
}

export function groupOf({ resourceGroup = DEFAULT_RESOURCE_GROUP }: ResourceFacts): string {
  return resourceGroup;
}

export function locationOf({ location = DEFAULT_LOCATION }: ResourceFacts): string {
  return location;
}

function renderLink(link: LinkedHub, hubLocation: (host: string) => string): LinkedHubResource {
  return {
    allocationWeight: link.allocationWeight ?? null,
    applyAllocationPolicy: link.applyAllocationPolicy ?? null,
    connectionString: `HostName=${link.name};SharedAccessKeyName=${link.policy};SharedAccessKey=${MASK}`,
    location: link.location ?? hubLocation(link.name),
    name: link.name,
  };
}

/** @param hidden what belongs to the resource and is not shown with it */
function tracked<const T extends string, R extends object>(
  name: string,
  type: T,
  facts: ResourceFacts,
  rest: R,
  hidden: unknown = null,
) {
  const group = groupOf(facts);
  const resource = {
    id: `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/${group}/providers/${type}/${name}`,
    name,
    type,
    location: locationOf(facts),
    resourcegroup: group,
    subscriptionid: SUBSCRIPTION_ID,
    sku: { name: 'S1', tier: 'Standard', capacity: 1 },
    tags: facts.tags ?? {},
    ...rest,
  };
  return { etag: etagOf([resource, hidden]), ...resource };
}

/** It changes when, and only when, something of the resource has changed. */
function etagOf(content: unknown): string {
  return Buffer.from(hash('sha256', JSON.stringify(content)).slice(0, 16), 'hex').toString('base64');
}
