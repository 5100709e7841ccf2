/** Routes about the hubs: the devices and twins that assignments left there. */
import type { EngineState } from '../engine.ts';
import { ControlError } from './errors.ts';
import { type ControlRoute, flag } from './route.ts';

export function hubRoutes({ hubs }: Pick<EngineState, 'hubs'>): readonly ControlRoute[] {
  const devicesAt = (hub: string) => {
    const devices = hubs.devices(hub);
    if (devices !== undefined) return devices;
    throw new ControlError(
      'not-found',
      `There is no hub "${hub}" here; there are: ${hubs.names().join(', ') || 'none'}.`,
    );
  };
  const unknownDevice = (hub: string, deviceId: string): ControlError =>
    new ControlError('not-found', `The hub "${hub}" has no device "${deviceId}"; device ids are case-sensitive.`);

  return [
    {
      method: 'GET',
      path: '/hubs',
      answer: () => ({ hubs: hubs.names().map((name) => ({ name, deviceCount: devicesAt(name).length })) }),
    },
    {
      method: 'GET',
      path: '/hubs/{hub}/devices',
      query: ['showKeys'],
      isInClear: ({ query }) => flag(query, 'showKeys'),
      answer: ({ params: { hub = '' } }) => ({ devices: devicesAt(hub) }),
    },
    {
      method: 'GET',
      path: '/hubs/{hub}/devices/{deviceId}',
      query: ['showKeys'],
      isInClear: ({ query }) => flag(query, 'showKeys'),
      answer: ({ params: { hub = '', deviceId = '' } }) => {
        devicesAt(hub);
        const device = hubs.device(hub, deviceId);
        if (device === undefined) throw unknownDevice(hub, deviceId);
        return device;
      },
    },
    {
      method: 'GET',
      path: '/hubs/{hub}/twins/{deviceId}',
      answer: ({ params: { hub = '', deviceId = '' } }) => {
        devicesAt(hub);
        const twin = hubs.twin(hub, deviceId);
        if (twin === undefined) throw unknownDevice(hub, deviceId);
        return twin;
      },
    },
  ];
}
