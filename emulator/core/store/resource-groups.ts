/** Resource groups that were made; a resource may name others. */
import { type Access, everyItem } from './access.ts';

export interface ResourceGroup {
  readonly name: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ResourceGroupReads {
  get(name: string): Promise<ResourceGroup | undefined>;
  list(): Promise<readonly ResourceGroup[]>;
}

export interface ResourceGroups extends ResourceGroupReads {
  put(group: ResourceGroup): Promise<void>;
  delete(name: string): Promise<boolean>;
}

const GROUPS = 'resource-groups';

export function resourceGroupsIn(access: Access): ResourceGroups {
  return {
    get: (name) => access.get(GROUPS, name.toLowerCase()),
    list: () => everyItem((request) => access.page(GROUPS, request)),
    put: (group) => access.put(GROUPS, group.name.toLowerCase(), group, [GROUPS]),
    delete: (name) => access.delete(GROUPS, name.toLowerCase()),
  };
}
