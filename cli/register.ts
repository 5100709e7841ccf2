/** `dps-emulator register`: the built-in device, and why it was refused when it was. */
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { DEVICE_TRANSPORTS, type DeviceTransport } from '../emulator/wire/transports.ts';
import type { JsonValue } from '../emulator/wire/twin.ts';
import { createCommand, type EmulatorFlag, emulatorOption, jsonOption } from './command.ts';
import type { KeyFlags } from './credentials.ts';
import { CliError, EXIT } from './exit.ts';
import { io } from './io.ts';
import { notJson, readJsonText } from './json-fault.ts';
import { print, printJson } from './terminal.ts';

interface Flags extends EmulatorFlag, KeyFlags {
  readonly transport: DeviceTransport;
  readonly payload?: string;
  readonly host?: string;
  readonly port?: string;
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
    .option('--payload <json>', 'custom data for the webhook: JSON, or @file')
    .option('--key <base64>', "the device's own key")
    .option('--group-key <base64>', "the group's key, to derive the device's from")
    .option('--id-scope <scope>', 'ID scope')
    .option('--host <name>', "host to connect to (default: the emulator's)")
    .option('--port <port>', "port to connect to (default: the emulator's for the transport)")
    .addOption(jsonOption('the outcome'))
    .addOption(emulatorOption())
    .action(async (registrationId: string, flags: Flags) => {
      const { registerAndReport } = await import('./register/register-device.ts');
      const { outcomeLines, progressPrinter } = await import('./register/report.ts');
      const { report } = await registerAndReport({
        ...flags,
        registrationId,
        port: portOf(flags.port),
        payload: await payloadOf(flags.payload),
        onStatus: flags.json ? undefined : progressPrinter(),
      });
      if (report.outcome !== 'assigned') io().exitCode = EXIT.failed;
      if (flags.json) return printJson(report);
      for (const line of outcomeLines(report)) print(line);
    });
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new CliError('usage', `--port: must be 1 to 65535 (is "${text}")`);
}

async function payloadOf(given: string | undefined): Promise<JsonValue | undefined> {
  if (given === undefined) return undefined;
  const isFile = given.startsWith('@');
  const name = isFile ? given.slice(1) : '--payload';
  const text = isFile
    ? await readFile(name, 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new CliError('usage', `--payload: ${name} cannot be read (${error.code})`);
      })
    : given;
  const read = readJsonText(text);
  if (read.kind === 'json') return read.value;
  throw new CliError('usage', `${name}:${notJson(read.fault)}`);
}
