/** Hubs as resources: made with the policies that every hub is born with, deleted with their devices. */
import { HUB_RIGHTS } from '../../wire/access-policy.ts';
import { schemaFaults } from '../../wire/check-shape.ts';
import { hubHostOf, hubNameOf, type IotHubResource } from '../../wire/resource.ts';
import { type IotHubRequest, IotHubRequestSchema } from '../../wire/resource-request.ts';
import { defaultsWithout } from '../hub/hub-devices.ts';
import type { StoredHub } from '../store/hubs.ts';
import { invalidRequest, ManagementError } from './management-error.ts';
import type { ManagementPorts, Resources } from './management-ports.ts';
import { groupOf, renderIotHub, renderPolicy } from './render-resource.ts';
import { type ResourceGroups, regionOf } from './resource-groups.ts';

import { givenPolicy, nameFaults, policyRequestFaults } from './rules.ts';

export function createIotHubs({ tx, hubs }: ManagementPorts, groups: ResourceGroups): Resources<IotHubResource> {
  const lookUp = async (name: string): Promise<StoredHub | undefined> => {
    const all = await tx.storedHubs.list();
    return all.find((hub) => [hub.name, hubNameOf(hub.name)].some((one) => one.toLowerCase() === name.toLowerCase()));
  };
  const find = async (name: string, resourceGroup: string | undefined): Promise<StoredHub> => {
    if (resourceGroup !== undefined) await groups.find(resourceGroup);
    const hub = await lookUp(name);
    const group = hub && groupOf(hub.facts);
    if (hub !== undefined && isIn(group, resourceGroup)) return hub;
    throw notFound('Microsoft.Devices/IotHubs', hubNameOf(name), resourceGroup, group);
  };
  return {
    list: async (resourceGroup) => {
      if (resourceGroup !== undefined) await groups.find(resourceGroup);
      return (await tx.storedHubs.list())
        .map(renderIotHub)
        .filter(({ resourcegroup }) => isIn(resourcegroup, resourceGroup));
    },
    get: async (name, resourceGroup) => renderIotHub(await find(name, resourceGroup)),
    put: async (name, body) => {
      const request = await checkedRequest(name, body);
      const present = await lookUp(name);
      const old = present && renderIotHub(present);
      checkEtag(request.etag, old?.etag);
      const group = await groupFor(request.resourceGroup, old?.resourcegroup, groups);
      const facts = { ...present?.facts, ...placed(request, group) };
      const host = present?.name ?? hubHostOf(name);
      const policies = request.properties?.authorizationPolicies?.map((policy) => givenPolicy(policy, HUB_RIGHTS));
      await hubs.create(host, { facts, ...(policies && { policies, deletedPolicies: defaultsWithout(policies) }) });
      return renderIotHub(await find(host, undefined));
    },
    delete: async (name, resourceGroup) => {
      await hubs.delete((await find(name, resourceGroup)).name);
    },
    policies: async (name, resourceGroup) => (await find(name, resourceGroup)).policies.map(renderPolicy),
  };
}

async function checkedRequest(name: string, body: unknown): Promise<IotHubRequest> {
  const faults = [...nameFaults('iotHub', hubNameOf(name)), ...(await schemaFaults(IotHubRequestSchema, body))];
  if (faults.length > 0) throw invalidRequest(faults);
  const request = body as IotHubRequest;
  const wrong = policyRequestFaults(request.properties?.authorizationPolicies ?? [], HUB_RIGHTS);
  if (wrong.length > 0) throw invalidRequest(wrong);
  return request;
}

/** Region and tags of a request, in their group; a new resource without a region is where its group is. */
export function placed(
  { location, tags }: IotHubRequest,
  group: { readonly name: string; readonly location: string; readonly isNew: boolean },
) {
  return {
    resourceGroup: group.name,
    ...(location !== undefined ? { location: regionOf(location) } : group.isNew ? { location: group.location } : {}),
    ...(tags !== undefined && { tags }),
  };
}

/** Where a resource belongs; one that is there cannot be made again elsewhere, for its name is taken. */
export async function groupFor(
  requested: string | undefined,
  present: string | undefined,
  groups: ResourceGroups,
): Promise<{ readonly name: string; readonly location: string; readonly isNew: boolean }> {
  const isNew = present === undefined;
  if (requested === undefined && isNew) throw invalidRequest([{ path: 'resourceGroup', rule: 'is required' }]);
  const group = await groups.find(requested ?? present ?? '');
  if (isNew || isIn(present, group.name)) return { ...group, isNew };
  throw new ManagementError('NameNotAvailable', `The name is taken: it belongs to the resource group '${present}'.`);
}

export function checkEtag(requested: string | undefined, present: string | undefined): void {
  if (requested === undefined || requested === '*' || requested === present) return;
  throw new ManagementError('PreconditionFailed', 'The etag is not the one that the resource has: read it again.');
}

/** Without a group to look in, every resource is found. */
export function isIn(group: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || group?.toLowerCase() === wanted.toLowerCase();
}

export function notFound(
  type: string,
  name: string,
  resourceGroup: string | undefined,
  actualGroup: string | undefined,
): ManagementError {
  const where = resourceGroup === undefined ? '' : ` under resource group '${resourceGroup}'`;
  const hint = actualGroup === undefined ? '' : ` It is in the resource group '${actualGroup}'.`;
  return new ManagementError('ResourceNotFound', `The Resource '${type}/${name}'${where} was not found.${hint}`);
}
