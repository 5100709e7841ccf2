/** The key that a device of a case signs with: its enrollment's, one derived from its group's, or a wrong one on purpose. */
import { createHash } from 'node:crypto';
import type { SetUp } from '../../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import type { GivenDevice, KeySource } from '../case/case.ts';

/** @param setUp as the emulator exports it: every key is there */
export function deviceKey(device: GivenDevice, setUp: SetUp): string {
  const { registrationId, key } = device;
  if (typeof key === 'string') return key;
  const instance = setUp.dps?.[0];
  const individual = instance?.enrollments?.find(
    (one) => one.registrationId.toLowerCase() === registrationId.toLowerCase(),
  );
  const groups = instance?.enrollmentGroups ?? [];
  const group = key?.group === undefined ? groups[0] : groups.find((one) => one.enrollmentGroupId === key.group);
  const which = key?.which === 'secondary' ? 'secondaryKey' : 'primaryKey';
  const ofIndividual = individual?.attestation.symmetricKey?.[which];
  const ofGroup = group?.attestation.symmetricKey?.[which];
  switch (key?.from ?? defaultSource(ofIndividual, ofGroup)) {
    case 'individual':
      return ofIndividual ?? unknownKey(registrationId);
    case 'group':
      return ofGroup === undefined ? unknownKey(registrationId) : deriveDeviceKey(ofGroup, registrationId);
    case 'group-key-itself':
      return ofGroup ?? unknownKey(registrationId);
    case 'unknown':
      return unknownKey(registrationId);
  }
}

function defaultSource(individual: string | undefined, group: string | undefined): KeySource['from'] {
  if (individual !== undefined) return 'individual';
  return group === undefined ? 'unknown' : 'group';
}

/** A good key of 32 bytes that no enrollment has. */
function unknownKey(registrationId: string): string {
  return createHash('sha256').update(`a key of nobody: ${registrationId}`).digest('base64');
}
