/** The key a device signs with: given, derived from a group's key, or found in the set-up of the running emulator. */

import type { ControlClient } from '../client/control-client.ts';
import { isRegistrationId, REGISTRATION_ID_RULE, registrationKey } from '../emulator/wire/registration-id.ts';
import type { SetUp, SetUpInstance } from '../emulator/wire/set-up.ts';
import { decodeBase64, deriveDeviceKey } from '../emulator/wire/symmetric-key.ts';
import { CliError } from './exit.ts';

export interface KeyFlags {
  readonly key?: string;
  readonly groupKey?: string;
  readonly idScope?: string;
}

export interface DeviceCredential {
  readonly idScope: string;
  /** The device's own key, base64. */
  readonly key: string;
  /** `the group "contoso"`: where the key is from, for messages. */
  readonly keySource: string;
}

/**
 * What a device needs to sign as `registrationId`; the emulator is asked only for what the flags leave open.
 * @throws {CliError} when neither the flags nor the set-up give a scope and a key
 */
export async function findCredential(
  registrationId: string,
  flags: KeyFlags,
  client: () => Promise<ControlClient>,
): Promise<DeviceCredential> {
  const given = givenKey(registrationId, flags);
  if (given !== undefined && flags.idScope !== undefined) return { ...given, idScope: flags.idScope };
  const setUp = await (await client()).setUp();
  const instance = chooseInstance(registrationId, setUp, flags.idScope);
  if (given !== undefined) return { ...given, idScope: instance.idScope };
  return { ...keyInSetUp(registrationId, instance), idScope: instance.idScope };
}

type FoundKey = Omit<DeviceCredential, 'idScope'>;

/** The key that the flags give; wrong usage is told before an emulator is looked for. */
export function givenKey(registrationId: string, { key, groupKey }: KeyFlags): FoundKey | undefined {
  checkedRegistrationId(registrationId);
  if (key !== undefined && groupKey !== undefined) {
    throw new CliError('usage', "--key and --group-key exclude each other: the device's own key, or its group's");
  }
  if (key !== undefined) return { key: checkedKey('--key', key), keySource: '--key' };
  if (groupKey === undefined) return undefined;
  return { key: deriveDeviceKey(checkedKey('--group-key', groupKey), registrationId), keySource: '--group-key' };
}

/** The scope that was named; else the one that knows the device; else the first that could take it. */
function chooseInstance(registrationId: string, { dps = [] }: SetUp, idScope: string | undefined): SetUpInstance {
  const chosen =
    idScope === undefined
      ? (dps.find((instance) => individualOf(registrationId, instance)) ?? dps.find(enabledGroupOf) ?? dps[0])
      : dps.find((instance) => instance.idScope.toLowerCase() === idScope.toLowerCase());
  if (chosen !== undefined) return chosen;
  const known = dps.map((instance) => instance.idScope).join(', ') || 'none';
  throw new CliError(
    'failed',
    idScope === undefined
      ? 'the emulator holds no ID scope: start it without --empty, or seed a set-up (docs/control-api.md)'
      : `the emulator has no ID scope "${idScope}" (it has: ${known}); to use it all the same, give --key or --group-key`,
  );
}

function keyInSetUp(registrationId: string, instance: SetUpInstance): FoundKey {
  const individual = individualOf(registrationId, instance);
  const ownKey = individual?.attestation.symmetricKey?.primaryKey;
  if (individual !== undefined && ownKey !== undefined) {
    return { key: ownKey, keySource: `the individual enrollment "${individual.registrationId}"` };
  }
  // A device with an enrollment of its own is judged by that one alone: a group's key would not help it.
  if (individual !== undefined) {
    const why = `the individual enrollment "${individual.registrationId}" has no symmetric key`;
    throw new CliError('failed', `${why}: its devices prove themselves by ${individual.attestation.type}`);
  }
  const group = enabledGroupOf(instance);
  const groupKey = group?.attestation.symmetricKey?.primaryKey;
  if (group !== undefined && groupKey !== undefined) {
    return {
      key: deriveDeviceKey(groupKey, registrationId),
      keySource: `the enrollment group "${group.enrollmentGroupId}"`,
    };
  }
  throw new CliError(
    'failed',
    `the ID scope ${instance.idScope} has no individual enrollment "${registrationId}" and no enabled group with a key to derive one from: give --key or --group-key`,
  );
}

function individualOf(registrationId: string, { enrollments = [] }: SetUpInstance) {
  return enrollments.find((one) => registrationKey(one.registrationId) === registrationKey(registrationId));
}

function enabledGroupOf({ enrollmentGroups = [] }: SetUpInstance) {
  return enrollmentGroups.find(
    ({ provisioningStatus, attestation }) => provisioningStatus !== 'disabled' && attestation.type === 'symmetricKey',
  );
}

/** A key that is no base64 would sign with other bytes than the user means; it is not repeated. */
export function checkedKey(flag: string, key: string): string {
  const bytes = decodeBase64(key)?.length ?? 0;
  if (bytes > 0) return key;
  throw new CliError(
    'usage',
    `${flag}: must be base64, as the portal shows keys (${key.length} characters were given)`,
  );
}

export function checkedRegistrationId(registrationId: string): string {
  if (isRegistrationId(registrationId)) return registrationId;
  throw new CliError(
    'usage',
    `the registration id "${registrationId}" is not valid: it must be ${REGISTRATION_ID_RULE}`,
  );
}
