/** `dps-emulator ca`: the certificate that devices must trust, made if there is none yet. */
import { homedir } from 'node:os';
import type { Command } from 'commander';
import { ensureCa } from '../emulator/service-door.ts';
import { caDirectory } from '../emulator/wire/data-directory.ts';
import { createCommand, jsonOption } from './command.ts';
import { io } from './io.ts';
import { paint, print, printError, printJson } from './terminal.ts';

interface Flags {
  readonly path?: true;
  readonly json?: true;
  readonly ca?: string;
}

export function caCommand(): Command {
  return createCommand({
    name: 'ca',
    description: 'Shows the CA that devices must trust, and how; makes it if there is none. Needs no emulator.',
    examples: ['ca', 'ca --path'],
  })
    .option('--path', 'print the path of the certificate alone')
    .option('--ca <directory>', "directory of the CA (default: the installation's own; env: DPS_EMULATOR_CA)")
    .addOption(jsonOption('path, fingerprint and directory'))
    .action(async (flags: Flags) => {
      const { env } = io();
      const directory = flags.ca ?? (env.DPS_EMULATOR_CA || caDirectory(env, process.platform, homedir()));
      const ca = await ensureCa(directory, { warn: printError });
      if (flags.path) return print(ca.certificatePath);
      const { certificatePath: path, fingerprint } = ca;
      if (flags.json) return printJson({ path, fingerprint, directory: ca.directory });
      for (const line of explanation(path, fingerprint)) print(line);
    });
}

function explanation(path: string, fingerprint: string): readonly string[] {
  return [
    `${paint.strong('CA')}       ${path}`,
    `SHA-256  ${fingerprint}`,
    '',
    'Trust it in a program:  eval "$(npx dps-emulator env)"     while the emulator runs',
    `  Node                  NODE_EXTRA_CA_CERTS=${path}`,
    `  C SDK, Python         SSL_CERT_FILE=${path}`,
    `  openssl, curl         --cacert ${path}`,
    'Trust it on a device:   copy that file only; the key beside it stays here.',
    `  Debian, Ubuntu        sudo cp ${path} /usr/local/share/ca-certificates/dps-emulator.crt && sudo update-ca-certificates`,
  ];
}
