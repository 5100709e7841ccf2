/** `az iot dps connection-string` and `az iot hub connection-string`: what a back end connects with, keys in clear. */
import { hubNameOf, type PolicyResource } from '../../../emulator/wire/resource.ts';
import type { AzArguments } from '../arguments.ts';
import { connectionStringOf } from '../connection-string-of.ts';
import { dpsName, resourceGroup } from '../shared-options.ts';
import { type AzOption, type AzVerb, option } from '../verb.ts';

const DPS_POLICY = 'provisioningserviceowner';
const HUB_POLICY = 'iothubowner';

const keyOptions = (standardPolicy: string): readonly AzOption[] => [
  option('--policy-name, --pn', `shared access policy (default: ${standardPolicy})`),
  // `--key` is how the tutorial writes it.
  option('--key-type, --kt, --key', 'which key (default: primary)', { choices: ['primary', 'secondary'] }),
  option('--show-all, --all', 'of all policies', { kind: 'flag' }),
];

export const connectionStringVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps connection-string show',
    summary: 'Show the connection string of a provisioning service.',
    options: [dpsName, resourceGroup, ...keyOptions(DPS_POLICY)],
    examples: ['az iot dps connection-string show --dps-name my-dps --query connectionString -o tsv'],
    run: async (args, context) => {
      const management = await context.management();
      const stringOf = async ({
        name,
        properties,
      }: Awaited<ReturnType<typeof management.provisioningServices.get>>) => {
        const policies = await management.provisioningServices.policies(name);
        return stringsOf(properties.serviceOperationsHostName, policies, args, DPS_POLICY);
      };
      const group = args.text('resourceGroup');
      const given = args.text('dpsName');
      if (given === undefined) return listed(await management.provisioningServices.list(group), stringOf);
      return { connectionString: await stringOf(await management.provisioningServices.get(given, group)) };
    },
  },
  {
    path: 'iot hub connection-string show',
    summary: 'Show the connection string of a hub.',
    options: [
      option('--hub-name, -n', 'name of the hub (default: all hubs)'),
      resourceGroup,
      ...keyOptions(HUB_POLICY),
    ],
    examples: ['az iot hub connection-string show --hub-name my-hub --key primary --query connectionString -o tsv'],
    run: async (args, context) => {
      const management = await context.management();
      const stringOf = async ({ name, properties }: Awaited<ReturnType<typeof management.iotHubs.get>>) =>
        stringsOf(properties.hostName, await management.iotHubs.policies(name), args, HUB_POLICY);
      const group = args.text('resourceGroup');
      const given = args.text('hubName');
      if (given === undefined) return listed(await management.iotHubs.list(group), stringOf);
      return { connectionString: await stringOf(await management.iotHubs.get(hubNameOf(given), group)) };
    },
  },
];

/** One object for the one that was named; without a name a list, each entry with its own. */
function listed<R extends { readonly name: string }>(
  all: readonly R[],
  stringOf: (one: R) => Promise<string | readonly string[]>,
): Promise<readonly object[]> {
  return Promise.all(all.map(async (one) => ({ name: one.name, connectionString: await stringOf(one) })));
}

function stringsOf(
  host: string,
  policies: readonly PolicyResource[],
  args: AzArguments,
  standardPolicy: string,
): string | readonly string[] {
  const keyType = args.text('keyType') === 'secondary' ? 'secondary' : 'primary';
  const stringFor = (policyName: string): string => connectionStringOf({ host, policies, policyName, keyType });
  if (args.isSet('showAll')) return policies.map(({ keyName }) => stringFor(keyName));
  return stringFor(args.text('policyName') ?? standardPolicy);
}
