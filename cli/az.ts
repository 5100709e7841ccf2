/** `dps-emulator az`: the lines of the Azure CLI that the tutorial uses, carried out by the running emulator. */
import { Command } from 'commander';
import { io } from './io.ts';

/** @param words the line, without "az" */
export function azCommand(words: readonly string[]): Command {
  // What follows is read as `az` reads it, its `--help` included.
  return new Command('az')
    .description("Runs the Azure CLI's lines for provisioning against the emulator: alias az='npx dps-emulator az'")
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[words...]', 'the line, without "az"')
    .action(async () => {
      const { runAz } = await import('./az/run-az.ts');
      io().exitCode = await runAz(words);
    });
}
