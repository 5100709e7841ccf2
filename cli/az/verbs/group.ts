/** `az group`: resource groups, which hold services and hubs and are deleted with all of it. */
import { AzError } from '../az-error.ts';
import { settingsIn } from '../new-resource.ts';
import { noWait, tags, yes } from '../shared-options.ts';
import { type AzVerb, option } from '../verb.ts';

const name = option('--name, --resource-group, -n, -g', 'name of the resource group', { isRequired: true });

export const groupVerbs: readonly AzVerb[] = [
  {
    path: 'group create',
    summary: 'Create a resource group.',
    options: [name, option('--location, -l', 'region, such as westus', { isRequired: true }), tags],
    examples: ['az group create --name contoso-us-resource-group --location westus'],
    run: async (args, context) =>
      (await context.management()).groups.put(args.required('name'), {
        location: args.required('location'),
        ...settingsIn(args),
      }),
  },
  {
    path: 'group list',
    summary: 'List resource groups.',
    options: [],
    examples: ['az group list -o table'],
    run: async (_args, context) => (await context.management()).groups.list(),
  },
  {
    path: 'group show',
    summary: 'Show a resource group.',
    options: [name],
    examples: ['az group show --name contoso-us-resource-group'],
    run: async (args, context) => (await context.management()).groups.get(args.required('name')),
  },
  {
    path: 'group exists',
    summary: 'Say whether there is a resource group of that name.',
    options: [name],
    examples: ['az group exists --name contoso-us-resource-group'],
    run: async (args, context) => {
      const wanted = args.required('name').toLowerCase();
      const groups = await (await context.management()).groups.list();
      return groups.some((group) => group.name.toLowerCase() === wanted);
    },
  },
  {
    path: 'group delete',
    summary: 'Delete a resource group with the services and hubs in it.',
    options: [name, yes, noWait],
    examples: ['az group delete --name contoso-us-resource-group --yes'],
    run: async (args, context) => {
      const group = args.required('name');
      const management = await context.management();
      await management.groups.get(group);
      const isSure =
        args.isSet('yes') ||
        (await context.confirm(`Are you sure you want to delete the resource group '${group}' and everything in it?`));
      if (!isSure) throw new AzError('service', 'Operation cancelled.');
      await management.groups.delete(group);
      return undefined;
    },
  },
];
