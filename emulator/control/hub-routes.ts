/** Routes about the hubs: the devices and twins that assignments left there. */
import type { EngineState } from '../engine.ts';
import { ControlError } from './errors.ts';
import { type ControlRoute, flag } from './route.ts';

export function hubRoutes({ hubs }: Pick<EngineState, 'hubs'>): readonly ControlRoute[] {
  const devicesAt = async (hub: string) => {
    const devices = await hubs.devices(hub);
    if (devices !== undefined) return devices;
    const known = (await hubs.names()).join(', ') || 'none';
    throw new ControlError('not-found', `There is no hub "${hub}" here; there are: ${known}.`);
  };
  const unknownDevice = (hub: string, deviceId: string): ControlError =>
    new ControlError('not-found', `The hub "${hub}" has no device "${deviceId}"; device ids are case-sensitive.`);

  return [
    {
      method: 'GET',
      path: '/hubs',
      answer: async () => {
        const names = await hubs.names();
        const counts = await Promise.all(names.map(async (name) => (await hubs.devices(name))?.length ?? 0));
        return { hubs: names.map((name, index) => ({ name, deviceCount: counts[index] })) };
      },
    },
    {
      method: 'GET',
      path: '/hubs/{hub}/devices',
      query: ['showKeys'],
      masks: ({ query }) => (flag(query, 'showKeys') ? 'none' : 'looks'),
      answer: async ({ params: { hub = '' } }) => ({ devices: await devicesAt(hub) }),
    },
    {
      method: 'GET',
      path: '/hubs/{hub}/devices/{deviceId}',
      query: ['showKeys'],
      masks: ({ query }) => (flag(query, 'showKeys') ? 'none' : 'looks'),
      answer: async ({ params: { hub = '', deviceId = '' } }) => {
        await devicesAt(hub);
        const device = await hubs.device(hub, deviceId);
        if (device === undefined) throw unknownDevice(hub, deviceId);
        return device;
      },
    },
    {
      method: 'GET',
      path: '/hubs/{hub}/twins/{deviceId}',
      masks: () => 'looks',
      answer: async ({ params: { hub = '', deviceId = '' } }) => {
        await devicesAt(hub);
        const twin = await hubs.twin(hub, deviceId);
        if (twin === undefined) throw unknownDevice(hub, deviceId);
        return twin;
      },
    },
  ];
}
