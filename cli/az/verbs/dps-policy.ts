/** `az iot dps policy`: the shared access policies of a provisioning service, keys in clear as `az` shows them. */
import { randomBytes } from 'node:crypto';
import { DPS_OWNER, DPS_RIGHTS } from '../../../emulator/wire/access-policy.ts';
import type { PolicyResource } from '../../../emulator/wire/resource.ts';
import type { PolicyRequest } from '../../../emulator/wire/resource-request.ts';
import { decodeBase64 } from '../../../emulator/wire/symmetric-key.ts';
import type { AzArguments } from '../arguments.ts';
import { asJson } from '../as-json.ts';
import { AzError, argumentError } from '../az-error.ts';
import type { ManagementClient } from '../management-client.ts';
import { dpsName, noWait, required, resourceGroup } from '../shared-options.ts';
import type { AzOption, AzVerb } from '../verb.ts';

const policyName: AzOption = required({
  // The last one is from before `access-policy` became `policy`.
  names: ['--policy-name', '--pn', '--access-policy-name'],
  dest: 'policyName',
  help: 'name of the policy',
});
const rights: AzOption = {
  names: ['--rights', '-r'],
  dest: 'rights',
  kind: 'list',
  choices: DPS_RIGHTS,
  help: 'rights of the policy, separated by spaces',
};
const keys: readonly AzOption[] = [
  {
    names: ['--primary-key'],
    dest: 'primaryKey',
    mayBeEmpty: true,
    help: 'primary key, base64; "" generates a new one',
  },
  {
    names: ['--secondary-key'],
    dest: 'secondaryKey',
    mayBeEmpty: true,
    help: 'secondary key, base64; "" generates a new one',
  },
];

export const dpsPolicyVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps policy list',
    summary: 'List the shared access policies of a provisioning service.',
    options: [required(dpsName), resourceGroup],
    examples: ['az iot dps policy list --dps-name my-dps'],
    run: async (args, context) => asJson(await policiesOf(args, await context.management())),
  },
  {
    path: 'iot dps policy show',
    summary: 'Show a shared access policy.',
    options: [required(dpsName), resourceGroup, policyName],
    examples: ['az iot dps policy show --dps-name my-dps --policy-name provisioningserviceowner'],
    run: async (args, context) => asJson(named(await policiesOf(args, await context.management()), args)),
  },
  {
    path: 'iot dps policy create',
    summary: 'Create a shared access policy.',
    options: [required(dpsName), resourceGroup, policyName, required(rights), ...keys, noWait],
    examples: ['az iot dps policy create --dps-name my-dps --policy-name reader --rights EnrollmentRead'],
    run: async (args, context) => {
      const management = await context.management();
      const { etag, policies: present } = await serviceOf(args, management);
      const keyName = args.required('policyName');
      if (present.some((policy) => isNamed(policy, keyName))) {
        throw new AzError('service', `Access policy ${keyName} already exists.`);
      }
      const all = await written(args, management, {
        etag,
        policies: [...present, { keyName, rights: '', ...changesOf(args) }],
      });
      return asJson(named(all, args));
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
      const management = await context.management();
      const { etag, policies: present } = await serviceOf(args, management);
      const { keyName } = named(present, args);
      if (keyName === DPS_OWNER && args.isGiven('rights')) {
        throw new AzError('service', `The emulator keeps the rights of ${DPS_OWNER}: its own commands sign with it.`);
      }
      const changed = present.map((policy) =>
        policy.keyName === keyName ? { ...policy, ...changesOf(args) } : policy,
      );
      return asJson(named(await written(args, management, { etag, policies: changed }), args));
    },
  },
  {
    path: 'iot dps policy delete',
    summary: 'Delete a shared access policy; prints those that are left.',
    options: [required(dpsName), resourceGroup, policyName, noWait],
    examples: ['az iot dps policy delete --dps-name my-dps --policy-name reader'],
    run: async (args, context) => {
      const management = await context.management();
      const { etag, policies: present } = await serviceOf(args, management);
      const { keyName } = named(present, args);
      if (keyName === DPS_OWNER) {
        throw new AzError('service', `The emulator keeps the policy ${DPS_OWNER}: its own commands sign with it.`);
      }
      return asJson(
        await written(args, management, {
          etag,
          policies: present.filter((policy) => policy.keyName !== keyName),
        }),
      );
    },
  },
];

function policiesOf(args: AzArguments, management: ManagementClient): Promise<readonly PolicyResource[]> {
  return management.provisioningServicePolicies(args.required('dpsName'), args.text('resourceGroup'));
}

function changesOf(args: AzArguments): Partial<PolicyRequest> {
  const primaryKey = args.text('primaryKey');
  const secondaryKey = args.text('secondaryKey');
  return {
    ...(args.isGiven('rights') && { rights: args.list('rights').join(', ') }),
    ...(primaryKey !== undefined && { primaryKey: keyOf('--primary-key', primaryKey) }),
    ...(secondaryKey !== undefined && { secondaryKey: keyOf('--secondary-key', secondaryKey) }),
  };
}

/** A new one, as long as those that the service generates, or the one that is given. [dps-service-behaviour §3.3] */
function keyOf(option: string, given: string): string {
  if (given === '') return randomBytes(64).toString('base64');
  if ((decodeBase64(given)?.length ?? 0) > 0) return given;
  throw argumentError(`argument ${option}: must be base64`);
}

interface PoliciesOfService<T extends PolicyRequest> {
  /** Somebody else's change in between is not overwritten: then it is no longer this one. */
  readonly etag: string;
  readonly policies: readonly T[];
}

async function serviceOf(args: AzArguments, management: ManagementClient): Promise<PoliciesOfService<PolicyResource>> {
  const { etag } = await management.provisioningService(args.required('dpsName'), args.text('resourceGroup'));
  return { etag, policies: await policiesOf(args, management) };
}

async function written(
  args: AzArguments,
  management: ManagementClient,
  { etag, policies }: PoliciesOfService<PolicyRequest>,
): Promise<readonly PolicyResource[]> {
  const properties = { authorizationPolicies: policies };
  await management.putProvisioningService(args.required('dpsName'), { etag, properties });
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
