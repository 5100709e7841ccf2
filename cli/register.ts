/** `dps-emulator register`: the built-in device, and why it was refused when it was. */
import { type Command, Option } from 'commander';
import { DEVICE_TRANSPORTS, type DeviceTransport } from '../emulator/wire/transports.ts';
import type { JsonValue } from '../emulator/wire/twin.ts';
import { createCommand, type EmulatorFlag, emulatorOption, jsonOption } from './command.ts';
import type { KeyFlags } from './credentials.ts';
import { EXIT } from './exit.ts';
import { io } from './io.ts';
import { portFrom, readPayload } from './option-values.ts';
import { print, printJson } from './terminal.ts';

interface Flags extends EmulatorFlag, KeyFlags {
  readonly transport: DeviceTransport;
  readonly payload?: JsonValue;
  readonly host?: string;
  readonly port?: number;
  readonly json?: true;
}

export function registerCommand(): Command {
  return createCommand({
    name: 'register',
    description:
      "Registers a device with the built-in client over verified TLS and shows where it went, or why it did not. Key and ID scope are taken from the running emulator's set-up unless given.",
    examples: [
      'register breakroom499-contoso-tstrsd-007',
      'register my-device --transport https --group-key "$GROUP_KEY" --payload \'{"model":"x"}\'',
    ],
  })
    .argument('<id>', 'registration id')
    .addOption(new Option('--transport <transport>', 'how to connect').choices(DEVICE_TRANSPORTS).default('mqtt'))
    .option('--payload <json>', 'custom data for the webhook: JSON, or @file', readPayload)
    .option('--key <base64>', "the device's own key")
    .option('--group-key <base64>', "the group's key, to derive the device's from")
    .option('--id-scope <scope>', 'ID scope')
    .option('--host <name>', "host to connect to (default: the emulator's)")
    .option('--port <port>', "port to connect to (default: the emulator's for the transport)", portFrom(1))
    .addOption(jsonOption('the outcome'))
    .addOption(emulatorOption())
    .action(async (registrationId: string, flags: Flags) => {
      const { registerAndReport } = await import('./register/register-device.ts');
      const { outcomeLines, progressPrinter } = await import('./register/report.ts');
      const { report } = await registerAndReport({
        ...flags,
        registrationId,
        onStatus: flags.json ? undefined : progressPrinter(),
      });
      if (report.outcome !== 'assigned') io().exitCode = EXIT.failed;
      if (flags.json) return printJson(report);
      for (const line of outcomeLines(report)) print(line);
    });
}
