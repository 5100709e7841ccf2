/** `az iot hub policy`: the shared access policies of a hub. A key that is renewed leaves the links that hold it stale. */
import { HUB_RIGHTS } from '../../../emulator/wire/access-policy.ts';
import { hubNameOf, type PolicyResource } from '../../../emulator/wire/resource.ts';
import type { AzArguments } from '../arguments.ts';
import { AzError } from '../az-error.ts';
import type { AzContext } from '../context.ts';
import { changePolicies, isNamed, namedPolicy, newKey, type PolicyOwner } from '../policies.ts';
import { resourceGroup } from '../shared-options.ts';
import { type AzVerb, option, required } from '../verb.ts';

const hubName = required(option('--hub-name', 'name of the hub'));
const policyName = required(option('--name, -n', 'name of the policy'));

export const hubPolicyVerbs: readonly AzVerb[] = [
  {
    path: 'iot hub policy list',
    summary: 'List the shared access policies of a hub.',
    options: [hubName, resourceGroup],
    examples: ['az iot hub policy list --hub-name my-hub'],
    run: async (args, context) => (await ownerOf(args, context)).policies(),
  },
  {
    path: 'iot hub policy show',
    summary: 'Show a shared access policy of a hub.',
    options: [hubName, resourceGroup, policyName],
    examples: ['az iot hub policy show --hub-name my-hub --name iothubowner'],
    run: async (args, context) => namedPolicy(await (await ownerOf(args, context)).policies(), args.required('name')),
  },
  {
    path: 'iot hub policy create',
    summary: 'Create a shared access policy of a hub.',
    options: [
      hubName,
      resourceGroup,
      policyName,
      required(
        option('--permissions', 'rights of the policy, separated by spaces', { kind: 'list', choices: HUB_RIGHTS }),
      ),
    ],
    examples: ['az iot hub policy create --hub-name my-hub --name dps --permissions RegistryWrite ServiceConnect'],
    run: async (args, context) => {
      const keyName = args.required('name');
      const all = await changePolicies(await ownerOf(args, context), (present) => {
        if (present.some((policy) => isNamed(policy, keyName))) {
          throw new AzError('service', `Policy ${keyName} already existed.`);
        }
        const rights = args.list('permissions').join(', ');
        return [...present, { keyName, rights, primaryKey: newKey(), secondaryKey: newKey() }];
      });
      return namedPolicy(all, keyName);
    },
  },
  {
    path: 'iot hub policy delete',
    summary: 'Delete a shared access policy of a hub; links that were made with it become stale.',
    options: [hubName, resourceGroup, policyName],
    examples: ['az iot hub policy delete --hub-name my-hub --name dps'],
    run: async (args, context) =>
      changePolicies(await ownerOf(args, context), (present) => {
        const { keyName } = namedPolicy(present, args.required('name'));
        return present.filter((policy) => policy.keyName !== keyName);
      }),
  },
  {
    path: 'iot hub policy renew-key',
    summary: 'Make a new key for a shared access policy; links that hold the old one become stale.',
    options: [
      hubName,
      resourceGroup,
      policyName,
      required(option('--renew-key, --rk', 'which key', { choices: ['primary', 'secondary', 'swap'] })),
    ],
    examples: ['az iot hub policy renew-key --hub-name my-hub --name iothubowner --renew-key primary'],
    run: async (args, context) => {
      const all = await changePolicies(await ownerOf(args, context), (present) => {
        const { keyName } = namedPolicy(present, args.required('name'));
        return present.map((policy) =>
          policy.keyName === keyName ? { ...policy, ...renewed(policy, args.required('renewKey')) } : policy,
        );
      });
      return namedPolicy(all, args.required('name'));
    },
  },
];

function renewed({ primaryKey, secondaryKey }: PolicyResource, which: string): Partial<PolicyResource> {
  if (which === 'swap') return { primaryKey: secondaryKey, secondaryKey: primaryKey };
  return which === 'primary' ? { primaryKey: newKey() } : { secondaryKey: newKey() };
}

async function ownerOf(args: AzArguments, context: AzContext): Promise<PolicyOwner> {
  const { iotHubs } = await context.management();
  const [name, group] = [hubNameOf(args.required('hubName')), args.text('resourceGroup')];
  return {
    policies: () => iotHubs.policies(name, group),
    etag: async () => (await iotHubs.get(name, group)).etag,
    put: (request) => iotHubs.put(name, request),
  };
}
