/** The management plane: resource groups, provisioning services and hubs are made, changed and deleted here. [dps-service-behaviour §8.1] */
import type { IotHubResource, ProvisioningServiceResource, ResourceGroupResource } from '../../wire/resource.ts';
import { type HubPorts, hubsIn } from '../hub/hub-devices.ts';
import { SET_UP_TURN, type Store } from '../store/store.ts';
import { createIotHubs } from './iot-hubs.ts';
import type { ManagementPorts, Resources } from './management-ports.ts';
import { createProvisioningServices, deleteContents } from './provisioning-services.ts';
import { renderGroup } from './render-resource.ts';
import { createResourceGroups, type ResourceGroups } from './resource-groups.ts';

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
}

/** Every request is a transaction: changes happen one after the other, with seeds and resets too. */
export function createResourceManager({
  transaction,
  dps,
  ...hubPorts
}: Pick<Store, 'transaction'> & Pick<ManagementPorts, 'dps'> & HubPorts): ResourceManager {
  const within = async <T>(work: (plane: Plane) => Promise<T>): Promise<T> => {
    const gone = new Set<string>();
    const result = await transaction(SET_UP_TURN, (tx) => {
      gone.clear();
      const onScopeDeleted = (idScope: string): void => void gone.add(idScope);
      return work(planeOf({ ...hubPorts, tx, hubs: hubsIn(tx, hubPorts), dps, onScopeDeleted }));
    });
    // Who was let in after the contents were listed and before they were deleted; nobody is any more.
    for (const idScope of gone) {
      await transaction(SET_UP_TURN, async (tx) => {
        if ((await tx.instances.byScope(idScope)) === undefined) await deleteContents(idScope, { tx, dps });
      });
    }
    return result;
  };
  const resources = <T>(of: (plane: Plane) => Resources<T>): Resources<T> => ({
    list: (resourceGroup) => within((plane) => of(plane).list(resourceGroup)),
    get: (name, resourceGroup) => within((plane) => of(plane).get(name, resourceGroup)),
    put: (name, request) => within((plane) => of(plane).put(name, request)),
    delete: (name, resourceGroup) => within((plane) => of(plane).delete(name, resourceGroup)),
    policies: (name, resourceGroup) => within((plane) => of(plane).policies(name, resourceGroup)),
  });
  return {
    groups: {
      list: () => within(async ({ groups }) => (await groups.list()).map(renderGroup)),
      get: (name) => within(async ({ groups }) => renderGroup(await groups.find(name))),
      put: (name, request) => within(({ groups }) => groups.put(name, request)),
      delete: (name) =>
        within(async ({ groups, provisioningServices, iotHubs }) => {
          const group = await groups.find(name);
          for (const service of await provisioningServices.list(group.name)) {
            await provisioningServices.delete(service.name, undefined);
          }
          for (const hub of await iotHubs.list(group.name)) await iotHubs.delete(hub.properties.hostName, undefined);
          await groups.forget(group.name);
        }),
    },
    provisioningServices: resources((plane) => plane.provisioningServices),
    iotHubs: resources((plane) => plane.iotHubs),
  };
}

interface Plane {
  readonly groups: ResourceGroups;
  readonly provisioningServices: Resources<ProvisioningServiceResource>;
  readonly iotHubs: Resources<IotHubResource>;
}

function planeOf(ports: ManagementPorts): Plane {
  const groups = createResourceGroups(ports);
  return {
    groups,
    provisioningServices: createProvisioningServices(ports, groups),
    iotHubs: createIotHubs(ports, groups),
  };
}
