/** `dps-emulator env`: shell exports that lead devices and SDKs to the running emulator and make them trust it. */
import { type Command, Option } from 'commander';
import { trustEnvironment } from '../tls/trust-environment.ts';
import { createCommand, type EmulatorFlag, emulatorOption } from './command.ts';
import { controlClient, type ReadyAnswer } from './control-client.ts';
import { dialledHost } from './dialled-host.ts';
import { CliError } from './exit.ts';
import { print, printError } from './terminal.ts';

type Shell = 'sh' | 'fish' | 'powershell';

interface Flags extends EmulatorFlag {
  readonly shell: Shell;
}

/** Where MQTT clients go without being told: SDKs that take no port are then right as well. */
const MQTTS_PORT = 8883;

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
      const client = await controlClient(emulator);
      const variables = await variablesOf(await client.ready(), client.url);
      for (const [name, value] of Object.entries(variables)) print(assignment(shell, name, value));
    });
}

async function variablesOf(ready: ReadyAnswer, url: string): Promise<Readonly<Record<string, string>>> {
  const { mqtt, https } = ready.endpoints;
  const host = dialledHost(mqtt.host, url);
  const path = ready.ca.certificatePath;
  const trust = await trustEnvironment(path, { warn: printError }).catch(() => {
    throw new CliError(
      'failed',
      `the CA file ${path} is not on this machine: copy it here from where the emulator runs`,
    );
  });
  return {
    DPS_EMULATOR_URL: url,
    PROVISIONING_HOST: mqtt.port === MQTTS_PORT ? host : `${host}:${mqtt.port}`,
    PROVISIONING_MQTT_PORT: String(mqtt.port),
    PROVISIONING_HTTPS_PORT: String(https.port),
    ...(ready.idScopes[0] !== undefined && { PROVISIONING_IDSCOPE: ready.idScopes[0] }),
    ...trust,
  };
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
