/** Resource groups: those that were made, and those that a set-up's resources name without anybody having made them. */

import { schemaFaults } from '../../wire/check-shape.ts';
import type { ResourceGroupResource } from '../../wire/resource.ts';
import { type ResourceGroupRequest, ResourceGroupRequestSchema } from '../../wire/resource-request.ts';
import type { ResourceGroup } from '../store/resource-groups.ts';
import { invalidRequest, ManagementError } from './management-error.ts';
import type { ManagementPorts } from './management-ports.ts';
import { groupOf, locationOf, renderGroup } from './render-resource.ts';
import { nameFaults } from './rules.ts';

export interface ResourceGroups {
  list(): Promise<readonly ResourceGroup[]>;
  /** @throws {ManagementError} `ResourceGroupNotFound` */
  find(name: string): Promise<ResourceGroup>;
  put(name: string, request: unknown): Promise<ResourceGroupResource>;
  /** The group alone; what it holds is deleted by others. */
  forget(name: string): Promise<void>;
}

export function createResourceGroups({ tx }: Pick<ManagementPorts, 'tx'>): ResourceGroups {
  const list = async (): Promise<readonly ResourceGroup[]> => {
    const all = new Map((await tx.resourceGroups.list()).map((made) => [made.name.toLowerCase(), made]));
    const hubs = await tx.storedHubs.list();
    for (const facts of [...(await tx.instances.list()), ...hubs.map((hub) => hub.facts)]) {
      const key = groupOf(facts).toLowerCase();
      if (!all.has(key)) all.set(key, { name: groupOf(facts), location: locationOf(facts) });
    }
    return [...all.values()];
  };
  return {
    list,
    find: async (name) => {
      const found = (await list()).find((group) => group.name.toLowerCase() === name.toLowerCase());
      if (found !== undefined) return found;
      throw new ManagementError('ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
    },
    put: async (name, request) => {
      const faults = [...nameFaults('group', name), ...(await schemaFaults(ResourceGroupRequestSchema, request))];
      if (faults.length > 0) throw invalidRequest(faults);
      const { location, tags } = request as ResourceGroupRequest;
      const old = await tx.resourceGroups.get(name);
      const group = { name: old?.name ?? name, location: regionOf(location), ...(tags !== undefined && { tags }) };
      await tx.resourceGroups.put(group);
      return renderGroup(group);
    },
    forget: async (name) => {
      await tx.resourceGroups.delete(name);
    },
  };
}

/** `West US` and `westus` are the same region. [tutorial, tip of step 1] */
export function regionOf(location: string): string {
  return location.replaceAll(/\s/g, '').toLowerCase();
}
