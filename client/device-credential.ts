/** The key a device signs with, as a set-up has it: its own enrollment's, or derived from its group's. */
import { registrationKey } from '../emulator/wire/registration-id.ts';
import type { SetUp, SetUpInstance } from '../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../emulator/wire/symmetric-key.ts';
import { ClientError } from './client-error.ts';

export interface DeviceCredential {
  readonly idScope: string;
  /** The device's own key, base64. */
  readonly key: string;
  /** `the enrollment group "contoso"`: where the key is from, for messages. */
  readonly keySource: string;
}

/** @throws {ClientError} when the set-up gives no scope or no key */
export function credentialIn(setUp: SetUp, registrationId: string, idScope?: string): DeviceCredential {
  const instance = chooseInstance(setUp, registrationId, idScope);
  return { ...keyIn(instance, registrationId), idScope: instance.idScope };
}

/** The scope that was named; else the one that knows the device; else the first that could take it. */
export function chooseInstance({ dps = [] }: SetUp, registrationId: string, idScope?: string): SetUpInstance {
  const chosen =
    idScope === undefined
      ? (dps.find((instance) => individualOf(instance, registrationId)) ?? dps.find(enabledGroupOf) ?? dps[0])
      : dps.find((instance) => instance.idScope.toLowerCase() === idScope.toLowerCase());
  if (chosen !== undefined) return chosen;
  const known = dps.map((instance) => instance.idScope).join(', ') || 'none';
  throw idScope === undefined
    ? new ClientError(
        'unusable',
        'the emulator holds no ID scope: start it without --empty, or seed a set-up (docs/control-api.md)',
      )
    : new ClientError('no-credential', `the emulator has no ID scope "${idScope}" (it has: ${known})`);
}

function keyIn(instance: SetUpInstance, registrationId: string): Omit<DeviceCredential, 'idScope'> {
  const individual = individualOf(instance, registrationId);
  const ownKey = individual?.attestation.symmetricKey?.primaryKey;
  if (individual !== undefined && ownKey !== undefined) {
    return { key: ownKey, keySource: `the individual enrollment "${individual.registrationId}"` };
  }
  // A device with an enrollment of its own is judged by that one alone: a group's key would not help it.
  if (individual !== undefined) {
    const why = `the individual enrollment "${individual.registrationId}" has no symmetric key`;
    throw new ClientError('unusable', `${why}: its devices prove themselves by ${individual.attestation.type}`);
  }
  const group = enabledGroupOf(instance);
  const groupKey = group?.attestation.symmetricKey?.primaryKey;
  if (group !== undefined && groupKey !== undefined) {
    return {
      key: deriveDeviceKey(groupKey, registrationId),
      keySource: `the enrollment group "${group.enrollmentGroupId}"`,
    };
  }
  throw new ClientError(
    'no-credential',
    `the ID scope ${instance.idScope} has no individual enrollment "${registrationId}" and no enabled group with a key to derive one from`,
  );
}

function individualOf({ enrollments = [] }: SetUpInstance, registrationId: string) {
  return enrollments.find((one) => registrationKey(one.registrationId) === registrationKey(registrationId));
}

function enabledGroupOf({ enrollmentGroups = [] }: SetUpInstance) {
  return enrollmentGroups.find(
    ({ provisioningStatus, attestation }) => provisioningStatus !== 'disabled' && attestation.type === 'symmetricKey',
  );
}
