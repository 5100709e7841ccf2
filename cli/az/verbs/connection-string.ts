/** `az iot dps connection-string` and `az iot hub connection-string`: what a back end connects with, keys in clear. */
import { hubNameOf, type PolicyResource } from '../../../emulator/wire/resource.ts';

import type { JsonValue } from '../../../emulator/wire/twin.ts';
import type { AzArguments } from '../arguments.ts';
import { connectionStringOf } from '../connection-string-of.ts';
import { dpsName, resourceGroup } from '../shared-options.ts';
import type { AzOption, AzVerb } from '../verb.ts';

const policyName = (standard: string): AzOption => ({
  names: ['--policy-name', '--pn'],
  dest: 'policyName',
  help: `shared access policy (default: ${standard})`,
});
const keyType: AzOption = {
  // `--key` is how the tutorial writes it.
  names: ['--key-type', '--kt', '--key'],
  dest: 'keyType',
  choices: ['primary', 'secondary'],
  help: 'which key (default: primary)',
};
const all: AzOption = {
  names: ['--show-all', '--all'],
  dest: 'showAll',
  kind: 'flag',
  help: 'of all policies',
};
const hubName: AzOption = { names: ['--hub-name', '-n'], dest: 'hubName', help: 'name of the hub (default: all hubs)' };

interface Keyed {
  readonly name: string;
  readonly host: string;
  readonly policies: readonly PolicyResource[];
}

export const connectionStringVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps connection-string show',
    summary: 'Show the connection string of a provisioning service.',
    options: [dpsName, resourceGroup, policyName('provisioningserviceowner'), keyType, all],
    examples: ['az iot dps connection-string show --dps-name my-dps --query connectionString -o tsv'],
    run: async (args, context) => {
      const management = await context.management();
      const group = args.text('resourceGroup');
      const name = args.text('dpsName');
      const services =
        name === undefined
          ? await management.provisioningServices(group)
          : [await management.provisioningService(name, group)];
      const keyed = await Promise.all(
        services.map(async (service) => ({
          name: service.name,
          host: service.properties.serviceOperationsHostName,
          policies: await management.provisioningServicePolicies(service.name),
        })),
      );
      return shown(keyed, args, name !== undefined, 'provisioningserviceowner');
    },
  },
  {
    path: 'iot hub connection-string show',
    summary: 'Show the connection string of a hub.',
    options: [hubName, resourceGroup, policyName('iothubowner'), keyType, all],
    examples: ['az iot hub connection-string show --hub-name my-hub --key primary --query connectionString -o tsv'],
    run: async (args, context) => {
      const management = await context.management();
      const group = args.text('resourceGroup');
      const name = args.text('hubName');
      const hubs =
        name === undefined ? await management.iotHubs(group) : [await management.iotHub(hubNameOf(name), group)];
      const keyed = await Promise.all(
        hubs.map(async (hub) => ({
          name: hub.name,
          host: hub.properties.hostName,
          policies: await management.iotHubPolicies(hub.name),
        })),
      );
      return shown(keyed, args, name !== undefined, 'iothubowner');
    },
  },
];

/** One object for the one that was named; without a name a list, each entry with its own. */
function shown(keyed: readonly Keyed[], args: AzArguments, isOne: boolean, standardPolicy: string): JsonValue {
  const strings = keyed.map((one) => ({ name: one.name, connectionString: stringsOf(one, args, standardPolicy) }));
  const [only] = strings;
  return isOne && only !== undefined ? { connectionString: only.connectionString } : strings;
}

function stringsOf({ host, policies }: Keyed, args: AzArguments, standardPolicy: string): string | readonly string[] {
  const type = args.text('keyType') === 'secondary' ? 'secondary' : 'primary';
  const stringFor = (name: string): string => connectionStringOf({ host, policies, policyName: name, keyType: type });
  if (args.isSet('showAll')) return policies.map(({ keyName }) => stringFor(keyName));
  return stringFor(args.text('policyName') ?? standardPolicy);
}
