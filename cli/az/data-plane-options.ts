/** Options that the verbs on enrollments, registrations and hub devices have in common, and the service that they lead to. */
import type { AzArguments } from './arguments.ts';
import type { ServiceTarget } from './context.ts';
import { authType, dpsName, login, resourceGroup } from './shared-options.ts';
import type { AzOption } from './verb.ts';

export const groupId: AzOption = {
  names: ['--enrollment-id', '--eid', '--group-id', '--gid'],
  dest: 'enrollmentId',
  help: 'id of the enrollment group',
};

export const individualId: AzOption = {
  names: ['--enrollment-id', '--eid'],
  dest: 'enrollmentId',
  help: "id of the individual enrollment, which is its device's registration id",
};

export const registrationId: AzOption = {
  names: ['--registration-id', '--rid'],
  dest: 'registrationId',
  help: 'registration id of the device',
};

export const etag: AzOption = {
  names: ['--etag', '-e'],
  dest: 'etag',
  help: 'etag that the record must still have (default: any)',
};

export const top: AzOption = {
  names: ['--top'],
  dest: 'top',
  kind: 'integer',
  minimum: 1,
  help: 'how many records at most (default: all)',
};

export const showKeys: AzOption = {
  names: ['--show-keys', '--keys'],
  dest: 'showKeys',
  kind: 'boolean',
  help: 'with the symmetric keys',
};

export const deviceId: AzOption = {
  names: ['--device-id', '-d'],
  dest: 'deviceId',
  isRequired: true,
  help: 'id of the device at its hub',
};

const hubName: AzOption = { names: ['--hub-name', '-n'], dest: 'hubName', help: 'name or host name of the IoT hub' };

/** Which provisioning service. */
export const serviceOptions: readonly AzOption[] = [dpsName, resourceGroup, login, authType];

export function serviceIn(args: AzArguments): ServiceTarget {
  return { name: args.text('dpsName'), resourceGroup: args.text('resourceGroup'), login: args.text('login') };
}

/** Which hub. */
export const hubOptions: readonly AzOption[] = [hubName, resourceGroup, login, authType];

export function hubIn(args: AzArguments): ServiceTarget {
  return { name: args.text('hubName'), resourceGroup: args.text('resourceGroup'), login: args.text('login') };
}

/** `If-Match`: the etag that was given, or whatever the record has. */
export function ifMatch(args: AzArguments): Readonly<Record<string, string>> {
  return { 'if-match': args.text('etag') ?? '*' };
}
