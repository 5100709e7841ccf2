/** `az iot hub device-twin`: what a hub knows of a device beside its keys. [dps-service-behaviour §10.2] */
import { deviceId, hubIn, hubOptions } from '../data-plane-options.ts';
import type { AzVerb } from '../verb.ts';

export const deviceTwinVerbs: readonly AzVerb[] = [
  {
    path: 'iot hub device-twin show',
    summary: "Show a device's twin: tags, desired and reported properties.",
    options: [deviceId, ...hubOptions],
    examples: [
      'az iot hub device-twin show --hub-name contoso-toasters-hub-1098 --device-id breakroom499-contoso-tstrsd-007 --query tags',
    ],
    run: async (args, context) => {
      const client = await context.iotHub(hubIn(args));
      const path = `/twins/${encodeURIComponent(args.required('deviceId'))}`;
      return (await client.ask({ method: 'GET', path })).body;
    },
  },
];
