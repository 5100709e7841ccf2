/** Options that several verbs of `az` have in common. */
import type { AzArguments } from './arguments.ts';
import { type AzOption, option } from './verb.ts';

export const resourceGroup = option('--resource-group, -g', 'name of the resource group');

export const dpsName = option('--dps-name, -n', 'name of the provisioning service');

const login = option('--login, -l', 'connection string of a shared access policy, in place of the name');

/** How the real command signs its requests; here it is always a key. */
const authType = option('--auth-type', 'accepted and not looked at: requests are signed with the key of a policy', {
  choices: ['key', 'login'],
});

export const yes = option('--yes, -y', 'do not ask', { kind: 'flag' });

/** Creating takes no time here. */
export const noWait = option('--no-wait', 'accepted: nothing takes long here', { kind: 'flag' });

export const tags = option('--tags', 'tags, separated by spaces: name=value name=value; "" removes all', {
  kind: 'tags',
});

export const groupId = option('--enrollment-id, --eid, --group-id, --gid', 'id of the enrollment group');

export const individualId = option(
  '--enrollment-id, --eid',
  "id of the individual enrollment, which is its device's registration id",
);

export const registrationId = option('--registration-id, --rid', 'registration id of the device');

export const etag = option('--etag, -e', 'etag that the record must still have (default: any)');

export const top = option('--top', 'how many records at most (default: all)', { kind: 'integer', minimum: 1 });

export const showKeys = option('--show-keys, --keys', 'with the symmetric keys', { kind: 'boolean' });

export const deviceId = option('--device-id, -d', 'id of the device at its hub', { isRequired: true });

const hubName = option('--hub-name, -n', 'name or host name of the IoT hub');

/** Which provisioning service. */
export const serviceOptions: readonly AzOption[] = [dpsName, resourceGroup, login, authType];

/** Which hub. */
export const hubOptions: readonly AzOption[] = [hubName, resourceGroup, login, authType];

/** `If-Match`: the etag that was given, or whatever the record has. */
export function ifMatch(args: AzArguments): Readonly<Record<string, string>> {
  return { 'if-match': args.text('etag') ?? '*' };
}
