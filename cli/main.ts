#!/usr/bin/env node
/** The program: picks the command and loads that one alone, so that `--help` and `start` are there in a blink. */
import './first-process.ts';
import { Command } from 'commander';
import { VERSION } from '../emulator/version.ts';
import { maskText } from '../emulator/wire/mask.ts';
import { reportError } from './report-error.ts';

interface CommandRow {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, CommandRow>> = {
  start: {
    summary: 'run the emulator until Ctrl+C',
    load: async () => (await import('./start.ts')).startCommand(),
  },
  ready: {
    summary: 'say whether an emulator is ready, or wait until one is',
    load: async () => (await import('./ready.ts')).readyCommand(),
  },
  register: {
    summary: 'register a device with the built-in client',
    load: async () => (await import('./register.ts')).registerCommand(),
  },
  az: {
    summary: "run the Azure CLI's lines for provisioning",
    load: async () => (await import('./az.ts')).azCommand(),
  },
  key: {
    summary: "derive a device's key from a group's key",
    load: async () => (await import('./key.ts')).keyCommand(),
  },
  sas: {
    summary: 'make a token, or explain why one is refused',
    load: async () => (await import('./sas.ts')).sasCommand(),
  },
  log: {
    summary: 'show what happened to a registration, and why',
    load: async () => (await import('./log.ts')).logCommand(),
  },
  clock: {
    summary: "read and move the emulator's clock",
    load: async () => (await import('./clock.ts')).clockCommand(),
  },
  env: {
    summary: 'print shell exports for devices and SDKs',
    load: async () => (await import('./env.ts')).envCommand(),
  },
  exec: {
    summary: 'run a command with an emulator of its own',
    load: async () => (await import('./exec.ts')).execCommand(),
  },
  ca: {
    summary: 'make or show the CA that devices must trust',
    load: async () => (await import('./ca.ts')).caCommand(),
  },
  tutorial: {
    summary: 'play the custom-allocation tutorial offline',
    load: async () => (await import('./tutorial.ts')).tutorialCommand(),
  },
  webhook: {
    summary: "serve the tutorial's function",
    load: async () => (await import('./webhook.ts')).webhookCommand(),
  },
  verify: {
    summary: 'say what DPS would make of the answers of your webhook',
    load: async () => (await import('./verify.ts')).verifyCommand(),
  },
  contracts: {
    summary: 'run contract cases against your webhook and your device',
    load: async () => (await import('./contracts.ts')).contractsCommand(),
  },
};

const EXIT_CODES = 'Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 no emulator found.';

async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('dps-emulator')
    .description('A local Azure Device Provisioning Service for real devices and real custom-allocation webhooks.')
    .version(VERSION, '-V, --version', 'print the version')
    .addHelpText('after', `\nExample:\n  $ dps-emulator start\n\n${EXIT_CODES}`);
  const chosen = args[0] === 'help' ? args[1] : args[0];
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = name === chosen ? await load() : new Command(name);
    program.addCommand(command.summary(summary));
  }
  prepare(program);
  return program;
}

/** commander ends the process by itself, and with 1 where this program promises 2; and it repeats what was typed, keys too. */
function prepare(command: Command): void {
  command.exitOverride();
  command.configureOutput({ outputError: (text, write) => write(maskText(text)) });
  for (const inner of command.commands) prepare(inner);
}

/** `dps-emulator log | head` closes the pipe early; that is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  const program = await createProgram(process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
