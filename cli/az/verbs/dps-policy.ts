/** `az iot dps policy`: the shared access policies of a provisioning service, keys in clear as `az` shows them. */
import { randomBytes } from 'node:crypto';
import type { ControlClient } from '../../../client/control-client.ts';
import { DPS_OWNER, DPS_RIGHTS } from '../../../emulator/wire/access-policy.ts';
import type { PolicyResource } from '../../../emulator/wire/resource.ts';
import type { PolicyRequest } from '../../../emulator/wire/resource-request.ts';
import type { AzArguments } from '../arguments.ts';
import { AzError } from '../az-error.ts';
import type { AzContext } from '../context.ts';
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
    run: async (args, context) => policiesOf(args, await context.management()),
  },
  {
    path: 'iot dps policy show',
    summary: 'Show a shared access policy.',
    options: [required(dpsName), resourceGroup, policyName],
    examples: ['az iot dps policy show --dps-name my-dps --policy-name provisioningserviceowner'],
    run: async (args, context) => named(await policiesOf(args, await context.management()), args),
  },
  {
    path: 'iot dps policy create',
    summary: 'Create a shared access policy.',
    options: [required(dpsName), resourceGroup, policyName, required(rights), ...keys, noWait],
    examples: ['az iot dps policy create --dps-name my-dps --policy-name reader --rights EnrollmentRead'],
    run: async (args, context) => {
      const keyName = args.required('policyName');
      const all = await change(args, context, (present) => {
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
      const all = await change(args, context, (present) => {
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
    run: (args, context) =>
      change(args, context, (present) => {
        const { keyName } = named(present, args);
        if (keyName === DPS_OWNER) {
          throw new AzError('service', `The emulator keeps the policy ${DPS_OWNER}: its own commands sign with it.`);
        }
        return present.filter((policy) => policy.keyName !== keyName);
      }),
  },
];

function policiesOf(args: AzArguments, management: ControlClient): Promise<readonly PolicyResource[]> {
  return management.provisioningServices.policies(args.required('dpsName'), args.text('resourceGroup'));
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

/** As long as those that the service generates. [dps-service-behaviour §3.3] */
function newKey(): string {
  return randomBytes(64).toString('base64');
}

/**
 * All policies anew.
 * @returns them as they are then
 */
async function change(
  args: AzArguments,
  context: AzContext,
  changed: (present: readonly PolicyResource[]) => readonly PolicyRequest[],
): Promise<readonly PolicyResource[]> {
  const management = await context.management();
  // Somebody else's change in between is not overwritten: then the etag is no longer this one.
  const { etag } = await management.provisioningServices.get(args.required('dpsName'), args.text('resourceGroup'));
  const properties = { authorizationPolicies: changed(await policiesOf(args, management)) };
  await management.provisioningServices.put(args.required('dpsName'), { etag, properties });
  return policiesOf(args, management);
}

function named(policies: readonly PolicyResource[], args: AzArguments): PolicyResource {
  const wanted = args.required('policyName');
  const found = policies.find((policy) => isNamed(policy, wanted));
  if (found !== undefined) return found;
  const known = policies.map(({ keyName }) => keyName).join(', ');
  throw new AzError('not-found', `Access policy ${wanted} doesn't exist. There are: ${known}.`);
}

function isNamed({ keyName }: { readonly keyName: string }, other: string): boolean {
  return keyName.toLowerCase() === other.toLowerCase();
}
