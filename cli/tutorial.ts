/** `dps-emulator tutorial`: the custom-allocation tutorial from end to end, on this machine, with nothing left behind. */
import type { Command } from 'commander';
import { createCommand } from './command.ts';
import { EXIT } from './exit.ts';
import { io } from './io.ts';
import { printJson } from './terminal.ts';
import { terminalNarrator } from './tutorial/narrate.ts';
import { playTutorial } from './tutorial/play.ts';

interface TutorialFlags {
  readonly json?: true;
  readonly webhook?: string;
}

export function tutorialCommand(): Command {
  return createCommand({
    name: 'tutorial',
    description:
      "Plays the custom-allocation tutorial offline: two devices, the webhook's log, and the troubleshooting table.",
    examples: [
      'tutorial',
      "tutorial --json | jq '.troubleshooting[4].callsAtSeconds'",
      "tutorial --webhook 'http://localhost:7071/api/HttpTrigger1?code=…'",
    ],
  })
    .option('--webhook <url>', 'your own webhook for the two devices, with its ?code=')
    .option('--json', 'print one JSON document instead of the story')
    .addHelpText(
      'after',
      '\nExit status: 0 when both devices are assigned and every row is as documented, 1 otherwise.',
    )
    .action(async ({ webhook, json }: TutorialFlags) => {
      const document = await playTutorial({ webhook, narrator: json ? undefined : terminalNarrator() });
      if (json) printJson(document);
      io().exitCode = document.ok ? EXIT.ok : EXIT.failed;
    });
}
