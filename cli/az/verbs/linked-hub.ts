/** `az iot dps linked-hub`: which hubs a provisioning service may send devices to. */

import type { ControlClient } from '../../../client/control-client.ts';
import {
  hubHostOf,
  hubNameOf,
  type LinkedHubResource,
  type ProvisioningServiceResource,
  parseConnectionString,
} from '../../../emulator/wire/resource.ts';
import type { LinkedHubRequest } from '../../../emulator/wire/resource-request.ts';
import type { AzArguments } from '../arguments.ts';
import { AzError, argumentError } from '../az-error.ts';
import { connectionStringOf } from '../connection-string-of.ts';
import { noWait, resourceGroup } from '../shared-options.ts';
import { type AzOption, type AzVerb, option, required } from '../verb.ts';

/** Without `-n`, unlike in other groups. */
const service = required(option('--dps-name', 'name of the provisioning service'));
const linkedHub = option('--linked-hub', 'host name of the linked hub, or its name', { isRequired: true });

const weightAndPolicy: readonly AzOption[] = [
  option('--allocation-weight', 'weight of the hub where the policy is hashed, 1 to 1000', { kind: 'integer' }),
  option('--apply-allocation-policy', 'whether the hub takes part where an enrollment names no hubs (default: true)', {
    kind: 'boolean',
  }),
];

export const linkedHubVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps linked-hub create',
    summary: 'Link a hub to a provisioning service; prints all linked hubs.',
    options: [
      service,
      resourceGroup,
      option('--connection-string', "connection string of the hub's policy"),
      option('--hub-name, --hn', 'name of the hub, in place of the connection string'),
      option('--hub-resource-group, --hrg', 'resource group of that hub'),
      option('--location, -l', "region of the hub (default: the hub's own)"),
      ...weightAndPolicy,
      noWait,
    ],
    examples: [
      'az iot dps linked-hub create --dps-name my-dps --hub-name my-hub',
      'az iot dps linked-hub create --dps-name my-dps -g my-group --location westus --connection-string "$HUB_CONNECTION_STRING"',
    ],
    run: async (args, context) => {
      const management = await context.management();
      const link = await newLink(args, management);
      const present = await serviceOf(args, management);
      const iotHubs = [...present.properties.iotHubs, link];
      return written(management, present, iotHubs);
    },
  },
  {
    path: 'iot dps linked-hub list',
    summary: 'List the hubs that are linked to a provisioning service.',
    options: [service, resourceGroup],
    examples: ['az iot dps linked-hub list --dps-name my-dps -o table'],
    run: async (args, context) => (await serviceOf(args, await context.management())).properties.iotHubs,
  },
  {
    path: 'iot dps linked-hub show',
    summary: 'Show a linked hub.',
    options: [service, resourceGroup, linkedHub],
    examples: ['az iot dps linked-hub show --dps-name my-dps --linked-hub my-hub'],
    run: async (args, context) => linkIn(await serviceOf(args, await context.management()), args),
  },
  {
    path: 'iot dps linked-hub update',
    summary: 'Change the weight of a linked hub, or whether it takes part.',
    options: [service, resourceGroup, linkedHub, ...weightAndPolicy, noWait],
    examples: ['az iot dps linked-hub update --dps-name my-dps --linked-hub my-hub --allocation-weight 10'],
    run: async (args, context) => {
      const management = await context.management();
      const present = await serviceOf(args, management);
      const { name } = linkIn(present, args);
      const links = present.properties.iotHubs.map((link) =>
        link.name === name ? { ...link, ...weightAndPolicyOf(args) } : link,
      );
      const all = await written(management, present, links);
      return all.find((link) => link.name === name) ?? null;
    },
  },
  {
    path: 'iot dps linked-hub delete',
    summary: 'Unlink a hub; the hub and its devices stay. Prints the hubs that are left.',
    options: [service, resourceGroup, linkedHub, noWait],
    examples: ['az iot dps linked-hub delete --dps-name my-dps --linked-hub my-hub'],
    run: async (args, context) => {
      const management = await context.management();
      const present = await serviceOf(args, management);
      const { name } = linkIn(present, args);
      const links = present.properties.iotHubs.filter((link) => link.name !== name);
      return written(management, present, links);
    },
  },
];

async function newLink(args: AzArguments, management: ControlClient): Promise<LinkedHubRequest> {
  const given = args.text('connectionString');
  const hubName = args.text('hubName');
  if (given === undefined && hubName === undefined) {
    throw argumentError('Please provide the IoT Hub name or connection string.');
  }
  if (given !== undefined && parseConnectionString(given) === undefined) {
    throw argumentError(
      'Please provide a valid IoT Hub connection string. Put it in quotes: the shell ends a command at a semicolon.',
    );
  }
  const connectionString =
    given ?? (await hubConnectionString(management, hubName ?? '', args.text('hubResourceGroup')));
  const location = args.text('location');
  return { connectionString, ...(location !== undefined && { location }), ...weightAndPolicyOf(args) };
}

async function hubConnectionString(management: ControlClient, hub: string, group: string | undefined): Promise<string> {
  const { properties } = await management.iotHubs.get(hubNameOf(hub), group);
  return connectionStringOf({
    host: properties.hostName,
    policies: await management.iotHubs.policies(hubNameOf(hub), group),
    policyName: 'iothubowner',
    keyType: 'primary',
  });
}

function weightAndPolicyOf(args: AzArguments): Pick<LinkedHubRequest, 'allocationWeight' | 'applyAllocationPolicy'> {
  const allocationWeight = args.integer('allocationWeight');
  return {
    ...(allocationWeight !== undefined && { allocationWeight }),
    ...(args.isGiven('applyAllocationPolicy') && { applyAllocationPolicy: args.isSet('applyAllocationPolicy') }),
  };
}

function serviceOf(args: AzArguments, management: ControlClient): Promise<ProvisioningServiceResource> {
  return management.provisioningServices.get(args.required('dpsName'), args.text('resourceGroup'));
}

function linkIn({ name, properties }: ProvisioningServiceResource, args: AzArguments): LinkedHubResource {
  const wanted = args.required('linkedHub');
  const host = hubHostOf(wanted).toLowerCase();
  const found = properties.iotHubs.find((link) => link.name.toLowerCase() === host);
  if (found !== undefined) return found;
  const known = properties.iotHubs.map((link) => link.name).join(', ') || 'none';
  throw new AzError('not-found', `Linked hub '${wanted}' does not exist at '${name}'. Linked: ${known}.`);
}

/** All links anew; those whose key is masked stay as they are. */
async function written(
  management: ControlClient,
  { name, etag }: ProvisioningServiceResource,
  iotHubs: readonly LinkedHubRequest[],
): Promise<readonly LinkedHubResource[]> {
  const service = await management.provisioningServices.put(name, { etag, properties: { iotHubs } });
  return service.properties.iotHubs;
}
