/** `az iot dps`: provisioning services themselves. */
import { dpsNameOf } from '../../../emulator/wire/resource.ts';
import { argumentError } from '../az-error.ts';
import { changedBySet } from '../generic-update.ts';
import { checkFree, settingsIn } from '../new-resource.ts';
import { noWait, resourceGroup, tags } from '../shared-options.ts';
import { type AzVerb, option, required } from '../verb.ts';

const name = option('--name, -n', 'name of the provisioning service', { isRequired: true });

export const dpsVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps create',
    summary: 'Create a provisioning service, with an ID scope of its own.',
    options: [
      name,
      required(resourceGroup),
      option('--location, -l', "region (default: the resource group's)"),
      option('--sku', 'pricing tier (default: S1)', { choices: ['S1'] }),
      option('--unit', 'units of the tier; changes nothing here', { kind: 'integer' }),
      // The second long name is the one of older versions.
      option('--enforce-data-residency, --edr, --enable-data-residency', 'accepted: the data stay on this machine', {
        kind: 'boolean',
      }),
      tags,
      noWait,
    ],
    examples: ['az iot dps create --name my-dps --resource-group contoso-us-resource-group --location westus'],
    run: async (args, context) => {
      const management = await context.management();
      const dpsName = dpsNameOf(args.required('name'));
      checkFree('DPS', dpsName, await management.provisioningServices.list(undefined));
      return management.provisioningServices.put(dpsName, {
        resourceGroup: args.required('resourceGroup'),
        ...settingsIn(args),
        sku: { name: 'S1' },
      });
    },
  },
  {
    path: 'iot dps show',
    summary: 'Show a provisioning service: its ID scope, hosts and linked hubs.',
    options: [name, resourceGroup],
    examples: ['az iot dps show --name my-dps --query properties.idScope -o tsv'],
    run: async (args, context) =>
      (await context.management()).provisioningServices.get(args.required('name'), args.text('resourceGroup')),
  },
  {
    path: 'iot dps list',
    summary: 'List provisioning services.',
    options: [resourceGroup],
    examples: ['az iot dps list --query "[].{name:name, idScope:properties.idScope}" -o table'],
    run: async (args, context) => (await context.management()).provisioningServices.list(args.text('resourceGroup')),
  },
  {
    path: 'iot dps update',
    summary: 'Change a provisioning service.',
    options: [
      name,
      resourceGroup,
      option('--set', 'what to change: properties.allocationPolicy=GeoLatency', { kind: 'list' }),
      tags,
      noWait,
    ],
    examples: ['az iot dps update --name my-dps --set properties.allocationPolicy=GeoLatency'],
    run: async (args, context) => {
      const dpsName = args.required('name');
      const management = await context.management();
      const present = await management.provisioningServices.get(dpsName, args.text('resourceGroup'));
      if (!args.isGiven('set') && !args.isGiven('tags')) {
        throw argumentError('Nothing to change: give --set or --tags.');
      }
      const request = changedBySet(present, args.list('set'));
      return management.provisioningServices.put(dpsName, { ...request, ...settingsIn(args) });
    },
  },
  {
    path: 'iot dps delete',
    summary: 'Delete a provisioning service with its enrollments and registrations.',
    options: [name, resourceGroup, noWait],
    examples: ['az iot dps delete --name my-dps --resource-group contoso-us-resource-group'],
    run: async (args, context) => {
      await (await context.management()).provisioningServices.delete(args.required('name'), args.text('resourceGroup'));
      return undefined;
    },
  },
];
