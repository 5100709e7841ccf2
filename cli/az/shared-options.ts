/** Options that several verbs of `az` have in common. */
import type { AzOption } from './verb.ts';

export const resourceGroup: AzOption = {
  names: ['--resource-group', '-g'],
  dest: 'resourceGroup',
  help: 'name of the resource group',
};

export const dpsName: AzOption = {
  names: ['--dps-name', '-n'],
  dest: 'dpsName',
  help: 'name of the provisioning service',
};

export const login: AzOption = {
  names: ['--login', '-l'],
  dest: 'login',
  help: 'connection string of a shared access policy, in place of the name',
};

/** How the real command signs its requests; here it is always a key. */
export const authType: AzOption = {
  names: ['--auth-type'],
  dest: 'authType',
  choices: ['key', 'login'],
  help: 'accepted and not looked at: requests are signed with the key of a policy',
};

export const yes: AzOption = { names: ['--yes', '-y'], dest: 'yes', kind: 'flag', help: 'do not ask' };

/** Creating takes no time here. */
export const noWait: AzOption = {
  names: ['--no-wait'],
  dest: 'noWait',
  kind: 'flag',
  help: 'accepted: nothing takes long here',
};

export const tags: AzOption = {
  names: ['--tags'],
  dest: 'tags',
  kind: 'tags',
  help: 'tags, separated by spaces: name=value name=value; "" removes all',
};

export function required(option: AzOption): AzOption {
  return { ...option, isRequired: true };
}
