/** `az iot dps policy`: the shared access policies of a provisioning service, keys in clear as `az` shows them. */
import { DPS_OWNER, DPS_RIGHTS } from '../../../emulator/wire/access-policy.ts';
import type { PolicyRequest } from '../../../emulator/wire/resource-request.ts';
import type { AzArguments } from '../arguments.ts';
import { AzError } from '../az-error.ts';
import type { AzContext } from '../context.ts';
import { changePolicies, isNamed, namedPolicy, newKey, type PolicyOwner } from '../policies.ts';
import { dpsName, noWait, resourceGroup } from '../shared-options.ts';
import { type AzOption, type AzVerb, option, required } from '../verb.ts';

/** The last one is from before `access-policy` became `policy`. */
const policyName = required(option('--policy-name, --pn, --access-policy-name', 'name of the policy'));
const rights = option('--rights, -r', 'rights of the policy, separated by spaces', {
  kind: 'list',
  choices: DPS_RIGHTS,
});
const keys: readonly AzOption[] = [
  option('--primary-key', 'primary key, base64; "" generates a new one', { mayBeEmpty: true }),
  option('--secondary-key', 'secondary key, base64; "" generates a new one', { mayBeEmpty: true }),
];

export const dpsPolicyVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps policy list',
    summary: 'List the shared access policies of a provisioning service.',
    options: [required(dpsName), resourceGroup],
    examples: ['az iot dps policy list --dps-name my-dps'],
    run: async (args, context) => (await ownerOf(args, context)).policies(),
  },
  {
    path: 'iot dps policy show',
    summary: 'Show a shared access policy.',
    options: [required(dpsName), resourceGroup, policyName],
    examples: ['az iot dps policy show --dps-name my-dps --policy-name provisioningserviceowner'],
    run: async (args, context) => named(await (await ownerOf(args, context)).policies(), args),
  },
  {
    path: 'iot dps policy create',
    summary: 'Create a shared access policy.',
    options: [required(dpsName), resourceGroup, policyName, required(rights), ...keys, noWait],
    examples: ['az iot dps policy create --dps-name my-dps --policy-name reader --rights EnrollmentRead'],
    run: async (args, context) => {
      const keyName = args.required('policyName');
      const all = await changePolicies(await ownerOf(args, context), (present) => {
        if (present.some((policy) => isNamed(policy, keyName))) {
          throw new AzError('service', `Access policy ${keyName} already exists.`);
        }
        return [...present, { keyName, rights: '', ...changesOf(args) }];
      });
      return named(all, args);
    },
  },
  {
    path: 'iot dps policy update',
    summary: 'Change the rights or the keys of a shared access policy.',
    options: [required(dpsName), resourceGroup, policyName, rights, ...keys, noWait],
    examples: [
      'az iot dps policy update --dps-name my-dps --policy-name reader --rights EnrollmentRead EnrollmentWrite',
    ],
    run: async (args, context) => {
      const all = await changePolicies(await ownerOf(args, context), (present) => {
        const { keyName } = named(present, args);
        if (keyName === DPS_OWNER && args.isGiven('rights')) {
          throw new AzError('service', `The emulator keeps the rights of ${DPS_OWNER}: its own commands sign with it.`);
        }
        return present.map((policy) => (policy.keyName === keyName ? { ...policy, ...changesOf(args) } : policy));
      });
      return named(all, args);
    },
  },
  {
    path: 'iot dps policy delete',
    summary: 'Delete a shared access policy; prints those that are left.',
    options: [required(dpsName), resourceGroup, policyName, noWait],
    examples: ['az iot dps policy delete --dps-name my-dps --policy-name reader'],
    run: async (args, context) =>
      changePolicies(await ownerOf(args, context), (present) => {
        const { keyName } = named(present, args);
        if (keyName === DPS_OWNER) {
          throw new AzError('service', `The emulator keeps the policy ${DPS_OWNER}: its own commands sign with it.`);
        }
        return present.filter((policy) => policy.keyName !== keyName);
      }),
  },
];

async function ownerOf(args: AzArguments, context: AzContext): Promise<PolicyOwner> {
  const { provisioningServices } = await context.management();
  const [name, group] = [args.required('dpsName'), args.text('resourceGroup')];
  return {
    policies: () => provisioningServices.policies(name, group),
    etag: async () => (await provisioningServices.get(name, group)).etag,
    put: (request) => provisioningServices.put(name, request),
  };
}

function named<Policy extends { readonly keyName: string }>(policies: readonly Policy[], args: AzArguments): Policy {
  return namedPolicy(policies, args.required('policyName'));
}

function changesOf(args: AzArguments): Partial<PolicyRequest> {
  const primaryKey = args.text('primaryKey');
  const secondaryKey = args.text('secondaryKey');
  return {
    ...(args.isGiven('rights') && { rights: args.list('rights').join(', ') }),
    ...(primaryKey !== undefined && { primaryKey: primaryKey || newKey() }),
    ...(secondaryKey !== undefined && { secondaryKey: secondaryKey || newKey() }),
  };
}
