/** The key of a device of an enrollment group: derived from the group's key, which is given or asked for. [dps-service-behaviour §3.3] */

import type { ServiceClient } from '../../client/service-client.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import { isJsonObject, type JsonObject } from '../../emulator/wire/twin.ts';
import { checkedKey } from '../credentials.ts';
import { AzError } from './az-error.ts';
import { attestationType, GROUP, INDIVIDUAL, readAttestation } from './enrollment-records.ts';

export function derivedFrom(groupKey: string, registrationId: string): string {
  return deriveDeviceKey(checkedKey('--symmetric-key/--key', groupKey), registrationId);
}

export async function keyFromGroup(client: ServiceClient, groupId: string, registrationId: string): Promise<string> {
  const attestation = await readAttestation(client, GROUP, groupId);
  const groupKey = primaryKeyIn(
    attestation,
    `Requested enrollment group has an attestation type of '${attestationType(attestation)}'. Currently, compute-device-key is only supported for enrollment groups with symmetric key attestation type.`,
  );
  return derivedFrom(groupKey, registrationId);
}

/** The key of a device that has an enrollment of its own. */
export async function keyOfIndividual(client: ServiceClient, registrationId: string): Promise<string> {
  const attestation = await readAttestation(client, INDIVIDUAL, registrationId);
  return primaryKeyIn(
    attestation,
    `the enrollment of ${registrationId} has an attestation type of '${attestationType(attestation)}': devices with it are not emulated yet`,
  );
}

/** @param unkeyed what is said of an attestation without keys */
function primaryKeyIn(attestation: JsonObject, unkeyed: string): string {
  if (attestationType(attestation) !== 'symmetricKey') throw new AzError('service', unkeyed);
  const keys = attestation.symmetricKey;
  if (isJsonObject(keys) && typeof keys.primaryKey === 'string') return keys.primaryKey;
  throw new AzError('service', 'the service answered without a primary key');
}
