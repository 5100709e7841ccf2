/** `dps-emulator exec -- CMD`: a command with an emulator of its own, there as long as the command runs. */
import type { Command } from 'commander';
import { createCommand } from './command.ts';
import { addOptionFlags } from './start/option-flags.ts';
import type { StartFlags } from './start/plan-start.ts';

const EXIT_CODES = `
Exit codes: that of CMD; 128 and the signal's number when a signal ended it, 127 when it is not found, 126 when it cannot
be run, and 1 or 2 as for start when the emulator cannot start.`;

export function execCommand(): Command {
  const command = createCommand({
    name: 'exec',
    description:
      "Starts an emulator on free ports, runs CMD with the variables of 'dps-emulator env', stops the emulator, and ends as CMD did.",
    examples: [
      'exec -- npm test',
      'exec --clock skip --retry-after 0 -- node device.js',
      'exec --config plant.json -- sh -c \'./device "$PROVISIONING_HOST"\'',
    ],
  })
    .argument('<command...>', 'CMD and its arguments, after --')
    .option('--config <file>', 'JSON file with a set-up of your own and options (docs/configuration.md)')
    .option('--empty', 'start without the demo: no ID scope, no enrollment')
    .option('--ready-file <file>', 'write the ready file here while CMD runs')
    .addHelpText('after', EXIT_CODES);
  const readOptions = addOptionFlags(command);
  return command.action(async (words: readonly string[], flags: StartFlags & Record<string, unknown>) => {
    const { runExec } = await import('./exec/run-exec.ts');
    await runExec(words, flags, readOptions(flags));
  });
}
