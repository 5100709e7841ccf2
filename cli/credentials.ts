/** The key a device signs with: given by a flag, derived from a group's key, or found in the set-up of the running emulator. */
import { ClientError } from '../client/client-error.ts';
import type { ControlClient } from '../client/control-client.ts';
import { chooseInstance, credentialIn, type DeviceCredential } from '../client/device-credential.ts';
import { isRegistrationId, REGISTRATION_ID_RULE } from '../emulator/wire/registration-id.ts';
import { decodeBase64, deriveDeviceKey } from '../emulator/wire/symmetric-key.ts';
import { CliError } from './exit.ts';

export interface KeyFlags {
  readonly key?: string;
  readonly groupKey?: string;
  readonly idScope?: string;
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
  const { idScope } = flags;
  if (given !== undefined && idScope !== undefined) return { ...given, idScope };
  const setUp = await (await client()).setUp();
  if (given !== undefined) return { ...given, idScope: chooseInstance(setUp, registrationId).idScope };
  try {
    return credentialIn(setUp, registrationId, idScope);
  } catch (error) {
    if (!(error instanceof ClientError) || error.kind !== 'no-credential') throw error;
    throw new CliError('failed', `${error.message}: give --key or --group-key`);
  }
}

/** The key that the flags give; wrong usage is told before an emulator is looked for. */
export function givenKey(
  registrationId: string,
  { key, groupKey }: KeyFlags,
): Omit<DeviceCredential, 'idScope'> | undefined {
  checkedRegistrationId(registrationId);
  if (key !== undefined && groupKey !== undefined) {
    throw new CliError('usage', "--key and --group-key exclude each other: the device's own key, or its group's");
  }
  if (key !== undefined) return { key: checkedKey('--key', key), keySource: '--key' };
  if (groupKey === undefined) return undefined;
  return { key: deriveDeviceKey(checkedKey('--group-key', groupKey), registrationId), keySource: '--group-key' };
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
