/** `dps-emulator key derive`: the key of one device of a group, as a program hands it to the next. */
import type { Command } from 'commander';
import { deriveDeviceKey } from '../emulator/wire/symmetric-key.ts';
import { createCommand } from './command.ts';
import { checkedKey, checkedRegistrationId } from './credentials.ts';
import { print } from './terminal.ts';

interface DeriveFlags {
  readonly key: string;
  readonly registrationId: string;
}

export function keyCommand(): Command {
  const derive = createCommand({
    name: 'derive',
    description: "Prints the key that a group's key gives a device, and nothing else. Needs no emulator.",
    examples: ['key derive --key "$GROUP_KEY" --registration-id breakroom499-contoso-tstrsd-007'],
  })
    .requiredOption('--key <base64>', "the enrollment group's primary or secondary key")
    .requiredOption('--registration-id <id>', 'the registration id, exactly as the device will send it')
    .action(({ key, registrationId }: DeriveFlags) => {
      print(deriveDeviceKey(checkedKey('--key', key), checkedRegistrationId(registrationId)));
    });
  return createCommand({
    name: 'key',
    description: 'Keys of devices.',
    examples: ['key derive --key "$GROUP_KEY" --registration-id my-device'],
  }).addCommand(derive);
}
