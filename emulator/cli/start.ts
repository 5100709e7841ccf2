/** `dps-emulator start`: declares its flags from the table of options; the emulator is loaded once they are right. */
import { type Command, Option } from 'commander';
import { OPTIONS, type OptionName, type OptionRow } from '../config.ts';
import { createCommand } from './command.ts';

interface OwnFlags {
  readonly config?: string;
  readonly empty?: true;
  readonly readyFile?: string;
  readonly json?: true;
  readonly quiet?: true;
}

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
  const rows = Object.entries(OPTIONS) as [OptionName, OptionRow][];
  const optionOf = new Map(rows.map(([name, row]) => [name, flagOf(row)]));
  for (const option of optionOf.values()) command.addOption(option);
  return command.action(async (flags: OwnFlags & Record<string, unknown>) => {
    const { runStart } = await import('./start/run-start.ts');
    await runStart({
      flags: new Map([...optionOf].flatMap(([name, option]) => textOf(name, flags[option.attributeName()]))),
      config: flags.config,
      readyFile: flags.readyFile,
      isEmpty: flags.empty === true,
      isJson: flags.json === true,
      isQuiet: flags.quiet === true,
    });
  });
}

/** The default stands in the text only: what was not given must stay distinguishable from what was. */
function flagOf(row: OptionRow): Option {
  const facts = [
    ...(row.choices === undefined ? [] : [`choices: ${row.choices.join(', ')}`]),
    ...(row.default === undefined ? [] : [`default: ${row.default}`]),
    `env: ${row.env}`,
  ];
  return new Option(row.flag, `${row.help} (${facts.join('; ')})`);
}

/** A flag that takes several values means the same as one value with commas. */
function textOf(name: OptionName, value: unknown): readonly (readonly [OptionName, string])[] {
  if (value === undefined) return [];
  return [[name, Array.isArray(value) ? value.join(',') : String(value)]];
}
