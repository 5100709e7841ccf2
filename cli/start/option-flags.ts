/** The options of the emulator as flags of a command, and what the user typed for them. */
import { type Command, Option } from 'commander';
import { OPTIONS, type OptionName, type OptionRow, variableOf } from '../../emulator/service-door.ts';

/** @returns reads the flags that commander has parsed */
export function addOptionFlags(command: Command): (flags: Record<string, unknown>) => ReadonlyMap<OptionName, string> {
  const rows = Object.entries(OPTIONS) as [OptionName, OptionRow][];
  const optionOf = new Map(rows.map(([name, row]) => [name, flagOf(row)]));
  for (const option of optionOf.values()) command.addOption(option);
  return (flags) => new Map([...optionOf].flatMap(([name, option]) => textOf(name, flags[option.attributeName()])));
}

/** The default stands in the text only: what was not given must stay distinguishable from what was. */
function flagOf(row: OptionRow): Option {
  const facts = [
    ...(row.choices === undefined ? [] : [`choices: ${row.choices.join(', ')}`]),
    ...(row.default === undefined ? [] : [`default: ${row.default}`]),
    `env: ${variableOf(row)}`,
  ];
  return new Option(row.flag, `${row.help} (${facts.join('; ')})`);
}

/** A flag that takes several values means the same as one value with commas. */
function textOf(name: OptionName, value: unknown): readonly (readonly [OptionName, string])[] {
  if (value === undefined) return [];
  return [[name, Array.isArray(value) ? value.join(',') : String(value)]];
}
