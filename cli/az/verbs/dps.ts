/** `az iot dps`: provisioning services themselves. */
import { dpsNameOf, type ProvisioningServiceResource } from '../../../emulator/wire/resource.ts';
import type { ProvisioningServiceRequest } from '../../../emulator/wire/resource-request.ts';
import { asJson } from '../as-json.ts';
import { AzError, argumentError } from '../az-error.ts';
import { changedBySet } from '../generic-update.ts';
import { noWait, required, resourceGroup, tags } from '../shared-options.ts';
import type { AzOption, AzVerb } from '../verb.ts';

const name: AzOption = {
  names: ['--name', '-n'],
  dest: 'name',
  isRequired: true,
  help: 'name of the provisioning service',
};

export const dpsVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps create',
    summary: 'Create a provisioning service, with an ID scope of its own.',
    options: [
      name,
      required(resourceGroup),
      { names: ['--location', '-l'], dest: 'location', help: "region (default: the resource group's)" },
      { names: ['--sku'], dest: 'sku', choices: ['S1'], help: 'pricing tier (default: S1)' },
      { names: ['--unit'], dest: 'unit', kind: 'integer', help: 'units of the tier; changes nothing here' },
      {
        // The second long name is the one of older versions.
        names: ['--enforce-data-residency', '--edr', '--enable-data-residency'],
        dest: 'enforceDataResidency',
        kind: 'boolean',
        help: 'accepted: the data stay on this machine',
      },
      tags,
      noWait,
    ],
    examples: ['az iot dps create --name my-dps --resource-group contoso-us-resource-group --location westus'],
    run: async (args, context) => {
      const management = await context.management();
      const dpsName = dpsNameOf(args.required('name'));
      const taken = (await management.provisioningServices.list(undefined)).find((one) => isNamed(one, dpsName));
      if (taken !== undefined) {
        const where = `in the resource group '${taken.resourcegroup}'`;
        throw new AzError('service', `DPS name '${dpsName}' is not available: there is one of that name ${where}.`);
      }
      const location = args.text('location');
      const request: ProvisioningServiceRequest = {
        resourceGroup: args.required('resourceGroup'),
        ...(location !== undefined && { location }),
        ...(args.isGiven('tags') && { tags: args.tags('tags') ?? {} }),
        sku: { name: 'S1' },
      };
      return asJson(await management.provisioningServices.put(dpsName, request));
    },
  },
  {
    path: 'iot dps show',
    summary: 'Show a provisioning service: its ID scope, hosts and linked hubs.',
    options: [name, resourceGroup],
    examples: ['az iot dps show --name my-dps --query properties.idScope -o tsv'],
    run: async (args, context) =>
      asJson(
        await (await context.management()).provisioningServices.get(args.required('name'), args.text('resourceGroup')),
      ),
  },
  {
    path: 'iot dps list',
    summary: 'List provisioning services.',
    options: [resourceGroup],
    examples: ['az iot dps list --query "[].{name:name, idScope:properties.idScope}" -o table'],
    run: async (args, context) =>
      asJson(await (await context.management()).provisioningServices.list(args.text('resourceGroup'))),
  },
  {
    path: 'iot dps update',
    summary: 'Change a provisioning service.',
    options: [
      name,
      resourceGroup,
      { names: ['--set'], dest: 'set', kind: 'list', help: 'what to change: properties.allocationPolicy=GeoLatency' },
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
      return asJson(
        await management.provisioningServices.put(dpsName, {
          ...request,
          ...(args.isGiven('tags') && { tags: args.tags('tags') ?? {} }),
        }),
      );
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

function isNamed({ name: one }: ProvisioningServiceResource, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
