/** Runs a command line: picks the command and loads that one alone, so that `--help` and `start` are there in a blink. */
import { Command } from 'commander';
import { VERSION } from '../emulator/version.ts';
import { maskLikelyKeys } from '../emulator/wire/mask.ts';
import { CliError, EXIT } from './exit.ts';
import { io } from './io.ts';
import { reportError } from './report-error.ts';

interface CommandRow {
  readonly summary: string;
  /** @param words what follows the command's name */
  readonly load: (words: readonly string[]) => Promise<Command>;
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
    load: async (words) => (await import('./az.ts')).azCommand(words),
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

/**
 * @param args what was typed behind `dps-emulator`
 * @returns the exit code
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(args);
    await program.parseAsync(args, { from: 'user' });
    return Number(io().exitCode ?? EXIT.ok);
  } catch (error) {
    return reportError(error);
  }
}

async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('dps-emulator')
    .description('A local Azure Device Provisioning Service for real devices and real custom-allocation webhooks.')
    .version(VERSION, '-V, --version', 'print the version')
    .addHelpText('after', `\nExample:\n  $ dps-emulator start\n\n${EXIT_CODES}`)
    .hook('preAction', (_program, command) => refuseEmptyValues(command));
  const chosen = args[0] === 'help' ? args[1] : args[0];
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = name === chosen ? await load(args.slice(1)) : new Command(name);
    program.addCommand(command.summary(summary));
  }
  prepare(program);
  return program;
}

/** An empty value is a variable that nobody has set: taken as it is, it would be refused far from here and in other words. */
function refuseEmptyValues(command: Command): void {
  const empty = command.options.find((option) => command.getOptionValue(option.attributeName()) === '');
  if (empty !== undefined) throw new CliError('usage', `${empty.long}: must not be empty; is the variable set?`);
}

/** commander ends the process by itself, and with 1 where this program promises 2; and it repeats what was typed, keys too. */
function prepare(command: Command): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => io().stdout.write(text),
    writeErr: (text) => io().stderr.write(text),
    outputError: (text, write) => write(maskLikelyKeys(text)),
  });
  for (const inner of command.commands) prepare(inner);
}
