/** Hubs as resources: made with the policies that every hub is born with, deleted with their devices. */
import { schemaFaults } from '../../wire/check-shape.ts';
import { hubHostOf, hubNameOf, type IotHubResource } from '../../wire/resource.ts';
import { type IotHubRequest, IotHubRequestSchema } from '../../wire/resource-request.ts';
import { invalidRequest, ManagementError } from './management-error.ts';
import type { ManagementPorts } from './management-ports.ts';
import { groupOf, renderIotHub, renderPolicy } from './render-resource.ts';
import { type ResourceGroups, regionOf } from './resource-groups.ts';
import type { Resources } from './resource-manager.ts';
import { nameFaults } from './rules.ts';

export function createIotHubs(ports: ManagementPorts, groups: ResourceGroups): Resources<IotHubResource> {
  const { hubs } = ports;
  const render = (host: string): IotHubResource => renderIotHub(host, hubs.facts(host) ?? {});
  const lookUp = (name: string): string | undefined =>
    hubs.names().find((host) => [host, hubNameOf(host)].some((one) => one.toLowerCase() === name.toLowerCase()));
  const find = async (name: string, resourceGroup: string | undefined): Promise<string> => {
    if (resourceGroup !== undefined) await groups.find(resourceGroup);
    const host = lookUp(name);
    const group = host === undefined ? undefined : groupOf(hubs.facts(host) ?? {});
    if (host !== undefined && isIn(group, resourceGroup)) return host;
    throw notFound('Microsoft.Devices/IotHubs', hubNameOf(name), resourceGroup, group);
  };
  return {
    list: async (resourceGroup) => {
      if (resourceGroup !== undefined) await groups.find(resourceGroup);
      return hubs
        .names()
        .map(render)
        .filter(({ resourcegroup }) => isIn(resourcegroup, resourceGroup));
    },
    get: async (name, resourceGroup) => render(await find(name, resourceGroup)),
    put: async (name, body) => {
      const request = await checkedRequest(name, body);
      const present = lookUp(name);
      const old = present === undefined ? undefined : render(present);
      checkEtag(request.etag, old?.etag);
      const group = await groupFor(request.resourceGroup, old?.resourcegroup, groups);
      const facts = { ...(present && hubs.facts(present)), ...placed(request, group) };
      hubs.create(present ?? hubHostOf(name), { facts });
      return render(present ?? hubHostOf(name));
    },
    delete: async (name, resourceGroup) => {
      hubs.delete(await find(name, resourceGroup));
    },
    policies: async (name, resourceGroup) => (hubs.policies(await find(name, resourceGroup)) ?? []).map(renderPolicy),
  };
}

async function checkedRequest(name: string, body: unknown): Promise<IotHubRequest> {
  const faults = [...nameFaults('iotHub', hubNameOf(name)), ...(await schemaFaults(IotHubRequestSchema, body))];
  if (faults.length > 0) throw invalidRequest(faults);
  return body as IotHubRequest;
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
