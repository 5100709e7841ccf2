/** A command as this program declares it: a sentence, its options, and at least one example in its help. */
import { Command, Option } from 'commander';

export interface CommandFacts {
  readonly name: string;
  readonly description: string;
  /** Lines as they are typed, without `dps-emulator`. */
  readonly examples: readonly string[];
}

export function createCommand({ name, description, examples }: CommandFacts): Command {
  const lines = examples.map((example) => `  $ dps-emulator ${example}`);
  return new Command(name)
    .description(description)
    .addHelpText('after', `\n${lines.length > 1 ? 'Examples' : 'Example'}:\n${lines.join('\n')}`);
}

/** Every command that talks to a running emulator has it. */
export function emulatorOption(): Option {
  return new Option('--emulator <url>', 'control API of the emulator (default: DPS_EMULATOR_URL, then the ready file)');
}

export interface EmulatorFlag {
  readonly emulator?: string;
}

export function jsonOption(what: string): Option {
  return new Option('--json', `print ${what} as JSON`);
}
