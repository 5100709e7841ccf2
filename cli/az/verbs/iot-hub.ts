/** `az iot hub`: hubs themselves. */
import { hubNameOf } from '../../../emulator/wire/resource.ts';
import { checkFree, settingsIn } from '../new-resource.ts';
import { noWait, resourceGroup, tags } from '../shared-options.ts';
import { type AzVerb, option, required } from '../verb.ts';

const name = option('--name, -n', 'name of the hub', { isRequired: true });

export const iotHubVerbs: readonly AzVerb[] = [
  {
    path: 'iot hub create',
    summary: 'Create a hub, with the policies that every hub is born with.',
    options: [
      name,
      required(resourceGroup),
      option('--location, -l', "region (default: the resource group's)"),
      option('--sku', 'pricing tier; changes nothing here', { choices: ['F1', 'S1', 'S2', 'S3', 'B1', 'B2', 'B3'] }),
      option('--unit', 'units of the tier; changes nothing here', { kind: 'integer' }),
      option('--partition-count', 'accepted: the emulator has no telemetry', { kind: 'integer' }),
      tags,
      noWait,
    ],
    examples: ['az iot hub create --name my-toasters-hub --resource-group contoso-us-resource-group --sku S1'],
    run: async (args, context) => {
      const management = await context.management();
      const hub = hubNameOf(args.required('name'));
      checkFree('IotHub', hub, await management.iotHubs.list(undefined));
      return management.iotHubs.put(hub, { resourceGroup: args.required('resourceGroup'), ...settingsIn(args) });
    },
  },
  {
    path: 'iot hub show',
    summary: 'Show a hub.',
    options: [name, resourceGroup],
    examples: ['az iot hub show --name my-toasters-hub --query properties.hostName -o tsv'],
    run: async (args, context) =>
      (await context.management()).iotHubs.get(hubNameOf(args.required('name')), args.text('resourceGroup')),
  },
  {
    path: 'iot hub list',
    summary: 'List hubs.',
    options: [resourceGroup],
    examples: ['az iot hub list -o table'],
    run: async (args, context) => (await context.management()).iotHubs.list(args.text('resourceGroup')),
  },
  {
    path: 'iot hub delete',
    summary: 'Delete a hub with its devices.',
    options: [name, resourceGroup, noWait],
    examples: ['az iot hub delete --name my-toasters-hub'],
    run: async (args, context) => {
      await (await context.management()).iotHubs.delete(hubNameOf(args.required('name')), args.text('resourceGroup'));
      return undefined;
    },
  },
];
