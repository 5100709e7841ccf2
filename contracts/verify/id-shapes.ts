/** Registration ids: each of the caller's, neutral ones, and ids at the limits of the grammar. [dps-service-behaviour §3.3] */
import { isRegistrationId, REGISTRATION_ID_LENGTH_MAX } from '../../emulator/wire/registration-id.ts';
import type { Shape, ShapeInputs } from './shape.ts';
import { baseShape } from './shape-base.ts';

const GRAMMAR = 'Microsoft Learn, "IoT Hub Device Provisioning Service terminology", registration ID';

export function idShapes(inputs: ShapeInputs): readonly Shape[] {
  const [first = ''] = inputs.registrationIds;
  const rows: readonly (readonly [string, string, string])[] = [
    ...inputs.registrationIds.map((id, index) => [`given-${index + 1}`, `is "${id}"`, id] as const),
    ['neutral', 'says nothing about the device', 'device-0001'],
    ['neutral-mac', 'holds a MAC address', 'sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6'],
    ['one-character', 'has one character', '7'],
    ['longest', 'has the 128 characters it may have', first.padStart(REGISTRATION_ID_LENGTH_MAX, 'x')],
    ['longest-neutral', 'has 128 characters and says nothing', 'n'.repeat(REGISTRATION_ID_LENGTH_MAX)],
    ['every-character', 'has every kind of character', clipped(`Aa0-._:${first}`)],
    ['upper-case', 'is in upper case, which compares as equal', first.toUpperCase()],
    ['ends-with-hyphen', 'ends with a hyphen', clipped(`${first.slice(0, REGISTRATION_ID_LENGTH_MAX - 1)}-`)],
  ];
  return rows
    .filter(([, , registrationId]) => isRegistrationId(registrationId))
    .map(([name, words, registrationId], index) => ({
      ...baseShape(inputs, index).shape,
      id: `id.${name}`,
      title: `The registration id ${words}.`,
      source: GRAMMAR,
      registrationId,
    }));
}

function clipped(id: string): string {
  return id.slice(-REGISTRATION_ID_LENGTH_MAX);
}
