/** The management plane: resource groups, provisioning services and hubs are made, changed and deleted here. [dps-service-behaviour §8.1] */
import type { IotHubResource, ProvisioningServiceResource, ResourceGroupResource } from '../../wire/resource.ts';
import { createIotHubs } from './iot-hubs.ts';
import type { ManagementPorts, Resources } from './management-ports.ts';
import { createProvisioningServices } from './provisioning-services.ts';
import { groupOf, renderGroup } from './render-resource.ts';
import { createResourceGroups } from './resource-groups.ts';

/** Requests are checked here: a `put` takes whatever JSON came. Names compare without regard to case. */
export interface ResourceManager {
  readonly groups: {
    list(): Promise<readonly ResourceGroupResource[]>;
    get(name: string): Promise<ResourceGroupResource>;
    put(name: string, request: unknown): Promise<ResourceGroupResource>;
    /** With every service and hub in it. */
    delete(name: string): Promise<void>;
  };
  readonly provisioningServices: Resources<ProvisioningServiceResource>;
  readonly iotHubs: Resources<IotHubResource>;
  clear(): void;
}

export function createResourceManager(ports: ManagementPorts): ResourceManager {
  const groups = createResourceGroups(ports);
  const scopeOrdinals = new Map<string, number>();
  const provisioningServices = createProvisioningServices(ports, groups, scopeOrdinals);
  const iotHubs = createIotHubs(ports, groups);
  const { inTurn } = ports;
  const changing = <T>(resources: Resources<T>): Resources<T> => ({
    ...resources,
    put: (name, request) => inTurn(() => resources.put(name, request)),
    delete: (name, resourceGroup) => inTurn(() => resources.delete(name, resourceGroup)),
  });
  return {
    groups: {
      list: async () => (await groups.list()).map(renderGroup),
      get: async (name) => renderGroup(await groups.find(name)),
      put: (name, request) => inTurn(() => groups.put(name, request)),
      delete: (name) =>
        inTurn(async () => {
          const group = await groups.find(name);
          const isInside = (other: string): boolean => other.toLowerCase() === group.name.toLowerCase();
          for (const service of await ports.instances.list()) {
            if (isInside(groupOf(service))) await provisioningServices.delete(service.name, undefined);
          }
          for (const hub of ports.hubs.names()) {
            if (isInside(groupOf(ports.hubs.facts(hub) ?? {}))) ports.hubs.delete(hub);
          }
          groups.forget(group.name);
        }),
    },
    provisioningServices: changing(provisioningServices),
    iotHubs: changing(iotHubs),
    clear: () => {
      groups.clear();
      scopeOrdinals.clear();
    },
  };
}
