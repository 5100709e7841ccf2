/** `dps-emulator env`: shell exports that lead devices and SDKs to the running emulator and make them trust it. */
import { type Command, Option } from 'commander';
import { controlClient } from '../client/control-client.ts';
import { whereaboutsOf } from '../client/whereabouts.ts';
import { createCommand, type EmulatorFlag, emulatorOption } from './command.ts';
import { deviceEnvironment } from './device-environment.ts';
import { io } from './io.ts';
import { print } from './terminal.ts';

type Shell = 'sh' | 'fish' | 'powershell';

interface Flags extends EmulatorFlag {
  readonly shell: Shell;
}

export function envCommand(): Command {
  return createCommand({
    name: 'env',
    description: 'Prints shell exports: where the emulator is, its ID scope, and its CA for Node, OpenSSL and Python.',
    examples: ['env', 'env --shell fish | source', 'env --shell powershell | Out-String | Invoke-Expression'],
  })
    .addOption(new Option('--shell <shell>', 'whose syntax').choices(['sh', 'fish', 'powershell']).default('sh'))
    .addOption(emulatorOption())
    .addHelpText('after', '\nIn a POSIX shell:\n  $ eval "$(npx dps-emulator env)"')
    .action(async ({ shell, emulator }: Flags) => {
      const client = await controlClient(emulator, io().env);
      const { endpoints, idScopes, caPath } = await whereaboutsOf(client);
      const variables = await deviceEnvironment({
        url: client.url,
        host: endpoints.mqtt.host,
        endpoints,
        idScope: idScopes[0],
        caPath,
      });
      for (const [name, value] of Object.entries(variables)) print(assignment(shell, name, value));
    });
}

function assignment(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case 'sh':
      return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
    case 'fish':
      return `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    case 'powershell':
      return `$env:${name} = '${value.replaceAll("'", "''")}'`;
  }
}
