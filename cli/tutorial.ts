/** `dps-emulator tutorial`: the custom-allocation tutorial from end to end, on this machine, with nothing left behind. */
import { Command } from 'commander';
import { io } from './io.ts';
import { silentNarrator, terminalNarrator } from './tutorial/narrate.ts';
import { playTutorial } from './tutorial/play.ts';

interface TutorialFlags {
  readonly json?: true;
  readonly webhook?: string;
}

export function tutorialCommand(): Command {
  return new Command('tutorial')
    .description(
      "Plays the custom-allocation tutorial offline: two devices, the webhook's log, and the troubleshooting table.",
    )
    .option('--webhook <url>', 'your own webhook for the two devices, with its ?code=')
    .option('--json', 'print one JSON document instead of the story')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: TutorialFlags) => {
      const write = (text: string): void => void io().stdout.write(text);
      const { stdout, env } = io();
      const isColoured = stdout.isTTY === true && !env.NO_COLOR;
      const narrator = flags.json ? silentNarrator : terminalNarrator(write, isColoured);
      const document = await playTutorial({ webhook: flags.webhook, narrator });
      if (flags.json) write(`${JSON.stringify(document, null, 2)}\n`);
      io().exitCode = document.ok ? 0 : 1;
    });
}

const EXAMPLES = `
Examples:
  $ dps-emulator tutorial
  $ dps-emulator tutorial --json | jq '.troubleshooting[4].callsAtSeconds'
  $ dps-emulator tutorial --webhook 'http://localhost:7071/api/HttpTrigger1?code=…'

Exit status: 0 when both devices are assigned and every row is as documented, 1 otherwise.`;
