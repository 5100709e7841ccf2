/** `dps-emulator start`: declares its flags from the table of options; the emulator is loaded once they are right. */
import type { Command } from 'commander';
import { createCommand } from './command.ts';
import { addOptionFlags } from './start/option-flags.ts';
import type { StartRequest } from './start/run-start.ts';

export function startCommand(): Command {
  const command = createCommand({
    name: 'start',
    description:
      "Runs the emulator until Ctrl+C. Without options it holds the tutorial's Contoso set-up and serves its webhook.",
    examples: [
      'start',
      "start --webhook 'http://localhost:7071/api/HttpTrigger1?code=…'",
      'start --config emulator.json --clock manual',
    ],
  });
  command
    .option('--config <file>', 'JSON file with a set-up of your own and options (docs/configuration.md)')
    .option('--empty', 'start without the demo: no ID scope, no enrollment')
    .option('--ready-file <file>', 'write the ready file here as well')
    .option('--json', 'print the ready document, then every event, as one JSON document per line')
    .option('--quiet', 'print nothing after the block');
  const readOptions = addOptionFlags(command);
  return command.action(async (flags: StartRequest & Record<string, unknown>) => {
    const { runStart } = await import('./start/run-start.ts');
    await runStart(flags, readOptions(flags));
  });
}
