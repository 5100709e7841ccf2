/** `az iot hub`: hubs themselves. */
import { hubNameOf } from '../../../emulator/wire/resource.ts';
import { asJson } from '../as-json.ts';
import { AzError } from '../az-error.ts';
import { noWait, required, resourceGroup, tags } from '../shared-options.ts';
import type { AzOption, AzVerb } from '../verb.ts';

const name: AzOption = {
  names: ['--name', '-n'],
  dest: 'name',
  isRequired: true,
  help: 'name of the hub',
};

export const iotHubVerbs: readonly AzVerb[] = [
  {
    path: 'iot hub create',
    summary: 'Create a hub, with the policies that every hub is born with.',
    options: [
      name,
      required(resourceGroup),
      { names: ['--location', '-l'], dest: 'location', help: "region (default: the resource group's)" },
      {
        names: ['--sku'],
        dest: 'sku',
        choices: ['F1', 'S1', 'S2', 'S3', 'B1', 'B2', 'B3'],
        help: 'pricing tier; changes nothing here',
      },
      { names: ['--unit'], dest: 'unit', kind: 'integer', help: 'units of the tier; changes nothing here' },
      {
        names: ['--partition-count'],
        dest: 'partitionCount',
        kind: 'integer',
        help: 'accepted: the emulator has no telemetry',
      },
      tags,
      noWait,
    ],
    examples: ['az iot hub create --name my-toasters-hub --resource-group contoso-us-resource-group --sku S1'],
    run: async (args, context) => {
      const management = await context.management();
      const hub = hubNameOf(args.required('name'));
      const taken = (await management.iotHubs.list(undefined)).find(
        (one) => one.name.toLowerCase() === hub.toLowerCase(),
      );
      if (taken !== undefined) {
        const where = `in the resource group '${taken.resourcegroup}'`;
        throw new AzError('service', `IotHub name '${hub}' is not available: there is one of that name ${where}.`);
      }
      const location = args.text('location');
      return asJson(
        await management.iotHubs.put(hub, {
          resourceGroup: args.required('resourceGroup'),
          ...(location !== undefined && { location }),
          ...(args.isGiven('tags') && { tags: args.tags('tags') ?? {} }),
        }),
      );
    },
  },
  {
    path: 'iot hub show',
    summary: 'Show a hub.',
    options: [name, resourceGroup],
    examples: ['az iot hub show --name my-toasters-hub --query properties.hostName -o tsv'],
    run: async (args, context) => {
      const management = await context.management();
      return asJson(await management.iotHubs.get(hubNameOf(args.required('name')), args.text('resourceGroup')));
    },
  },
  {
    path: 'iot hub list',
    summary: 'List hubs.',
    options: [resourceGroup],
    examples: ['az iot hub list -o table'],
    run: async (args, context) => asJson(await (await context.management()).iotHubs.list(args.text('resourceGroup'))),
  },
  {
    path: 'iot hub delete',
    summary: 'Delete a hub with its devices.',
    options: [name, resourceGroup, noWait],
    examples: ['az iot hub delete --name my-toasters-hub'],
    run: async (args, context) => {
      const management = await context.management();
      await management.iotHubs.delete(hubNameOf(args.required('name')), args.text('resourceGroup'));
      return undefined;
    },
  },
];
