/** `az iot hub device-identity` and `device-twin`: the devices of a hub, and what it knows of them beside their keys. [dps-service-behaviour §10.2] */
import { isJsonObject, type JsonValue } from '../../../emulator/wire/twin.ts';
import type { AzArguments } from '../arguments.ts';
import { argumentError } from '../az-error.ts';
import { deviceId, etag, hubOptions, top } from '../shared-options.ts';
import { type AzVerb, option } from '../verb.ts';

const LISTED_BY_DEFAULT = 1000;

export const hubDeviceVerbs: readonly AzVerb[] = [
  {
    path: 'iot hub device-identity show',
    summary: 'Show a device of a hub, with its keys.',
    options: [deviceId, ...hubOptions],
    examples: [
      'az iot hub device-identity show --hub-name contoso-toasters-hub-1098 --device-id breakroom499-contoso-tstrsd-007',
    ],
    run: async (args, context) => {
      const client = await context.iotHub(args);
      const { body } = await client.ask({ method: 'GET', path: pathOf('devices', args) });
      // The CLI says beside the device where it is.
      return isJsonObject(body) ? { ...body, hub: client.host } : body;
    },
  },
  {
    path: 'iot hub device-identity list',
    summary: "List the devices of a hub: their twins, as the CLI's own query does.",
    options: [
      ...hubOptions,
      { ...top, minimum: -1, help: `how many devices at most, -1 for all (default: ${LISTED_BY_DEFAULT})` },
      option('--edge-enabled, --ee', 'IoT Edge devices only', { kind: 'boolean' }),
    ],
    examples: ['az iot hub device-identity list --hub-name contoso-toasters-hub-1098 --query "[].deviceId" -o tsv'],
    run: async (args, context) => {
      const count = args.integer('top') ?? LISTED_BY_DEFAULT;
      if (count === 0 || count < -1) throw argumentError('top must be -1 (unlimited) or > 0');
      const client = await context.iotHub(args);
      const isEdgeOnly = args.isSet('edgeEnabled');
      const query = { method: 'POST', path: '/devices/query', body: { query: 'SELECT * FROM devices' } } as const;
      // The emulator's hub answers the plain query alone.
      const twins = await client.askAll(query, isEdgeOnly || count < 0 ? undefined : count);
      const chosen = isEdgeOnly ? twins.filter(isEdge) : twins;
      return count < 0 ? chosen : chosen.slice(0, count);
    },
  },
  {
    path: 'iot hub device-identity delete',
    summary: 'Delete a device of a hub; its registration stays.',
    options: [deviceId, ...hubOptions, { ...etag, help: 'etag that the device must still have (default: any)' }],
    examples: ['az iot hub device-identity delete --hub-name contoso-toasters-hub-1098 --device-id my-device'],
    run: async (args, context) => {
      const client = await context.iotHub(args);
      const headers = { 'if-match': `"${args.text('etag') ?? '*'}"` };
      await client.ask({ method: 'DELETE', path: pathOf('devices', args), headers });
      return undefined;
    },
  },
  {
    path: 'iot hub device-twin show',
    summary: "Show a device's twin: tags, desired and reported properties.",
    options: [deviceId, ...hubOptions],
    examples: [
      'az iot hub device-twin show --hub-name contoso-toasters-hub-1098 --device-id breakroom499-contoso-tstrsd-007 --query tags',
    ],
    run: async (args, context) => {
      const client = await context.iotHub(args);
      return (await client.ask({ method: 'GET', path: pathOf('twins', args) })).body;
    },
  },
];

function pathOf(collection: 'devices' | 'twins', args: AzArguments): string {
  return `/${collection}/${encodeURIComponent(args.required('deviceId'))}`;
}

function isEdge(twin: JsonValue): boolean {
  return isJsonObject(twin) && isJsonObject(twin.capabilities) && twin.capabilities.iotEdge === true;
}
