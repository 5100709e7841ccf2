/** Routes of the management plane: resource groups, provisioning services and hubs, as `dps-emulator az` makes and deletes them. */

import type { Resources } from '../core/resources/management-ports.ts';
import type { EngineState } from '../engine.ts';
import { type ControlRoute, refuseBody, single } from './route.ts';

export function resourceRoutes({
  resources: { groups, provisioningServices, iotHubs },
}: Pick<EngineState, 'resources'>): readonly ControlRoute[] {
  return [
    { method: 'GET', path: '/resource-groups', answer: async () => ({ value: await groups.list() }) },
    { method: 'GET', path: '/resource-groups/{name}', answer: ({ params: { name = '' } }) => groups.get(name) },
    {
      method: 'PUT',
      path: '/resource-groups/{name}',
      answer: ({ params: { name = '' }, body }) => groups.put(name, body ?? {}),
    },
    {
      method: 'DELETE',
      path: '/resource-groups/{name}',
      answer: async ({ params: { name = '' }, body }) => {
        await refuseBody(body);
        await groups.delete(name);
        return {};
      },
    },
    ...routesOf('/provisioning-services', provisioningServices),
    ...routesOf('/iot-hubs', iotHubs),
  ];
}

function routesOf<T>(path: string, resources: Resources<T>): readonly ControlRoute[] {
  const one = `${path}/{name}`;
  const query = ['resourceGroup'];
  return [
    {
      method: 'GET',
      path,
      query,
      answer: async (call) => ({ value: await resources.list(single(call.query, 'resourceGroup')) }),
    },
    {
      method: 'GET',
      path: one,
      query,
      answer: (call) => resources.get(call.params.name ?? '', single(call.query, 'resourceGroup')),
    },
    { method: 'PUT', path: one, answer: ({ params: { name = '' }, body }) => resources.put(name, body ?? {}) },
    {
      method: 'DELETE',
      path: one,
      query,
      answer: async (call) => {
        await refuseBody(call.body);
        await resources.delete(call.params.name ?? '', single(call.query, 'resourceGroup'));
        return {};
      },
    },
    {
      method: 'GET',
      path: `${one}/policies`,
      query,
      masks: () => 'none',
      answer: async (call) => ({
        value: await resources.policies(call.params.name ?? '', single(call.query, 'resourceGroup')),
      }),
    },
  ];
}
