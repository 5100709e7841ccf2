/** Reads what follows a verb's words, by the parser that `az` itself is built on: same rules, same messages. */
import { readFileSync } from 'node:fs';
import { type Action, ArgumentParser, type Nargs, RawDescriptionHelpFormatter } from 'argparse';
import type { JsonValue } from '../../wire/twin.ts';
import { jsonFault } from '../json-fault.ts';
import { type AzArguments, azArguments } from './arguments.ts';
import { argumentError } from './az-error.ts';
import { OUTPUT_FORMATS, type OutputFormat } from './output.ts';
import type { AzOption, AzVerb } from './verb.ts';

export interface ParsedVerb {
  readonly args: AzArguments;
  readonly output: OutputFormat;
  /** A JMESPath expression. */
  readonly query: string | undefined;
  /** URL of the control API, when the user gave one. */
  readonly emulator: string | undefined;
  /** The help was asked for: this text is all there is to print. */
  readonly help?: string;
}

/** What every verb has. The last ones change nothing here: scripts that are made for Azure pass them. */
const GLOBAL_OPTIONS: readonly AzOption[] = [
  { names: ['--output', '-o'], dest: 'output', choices: OUTPUT_FORMATS, help: 'output format (default: json)' },
  { names: ['--query'], dest: 'query', help: 'JMESPath expression: which part of the answer to print' },
  {
    names: ['--emulator'],
    dest: 'emulator',
    help: 'control API of the emulator (default: DPS_EMULATOR_URL, then the ready file)',
  },
  { names: ['--help', '-h'], dest: 'help', kind: 'flag', help: 'show this text' },
  { names: ['--subscription'], dest: 'subscription', help: 'accepted and not looked at: the emulator has one' },
  { names: ['--only-show-errors'], dest: 'onlyShowErrors', kind: 'flag', help: 'accepted: nothing else is shown' },
  { names: ['--verbose'], dest: 'verbose', kind: 'flag', help: 'accepted; see dps-emulator log' },
  { names: ['--debug'], dest: 'debug', kind: 'flag', help: 'accepted; see dps-emulator log' },
];

/** @throws {AzError} for wrong usage */
export function parseArguments(verb: AzVerb, words: readonly string[]): ParsedVerb {
  const wantsHelp = words.includes('--help') || words.includes('-h');
  const parser = parserFor(verb, wantsHelp);
  if (wantsHelp) {
    return {
      args: azArguments(new Map()),
      output: 'json',
      query: undefined,
      emulator: undefined,
      help: helpOf(parser),
    };
  }
  const values = new Map<string, unknown>(Object.entries(parser.parse_args([...words])));
  for (const option of verb.options) if (option.kind === 'tags' || option.kind === 'list') flatten(values, option);
  const args = azArguments(values);
  return {
    args,
    output: (args.text('output') ?? 'json') as OutputFormat,
    query: args.text('query'),
    emulator: args.text('emulator'),
  };
}

function parserFor(verb: AzVerb, isForHelp: boolean): ArgumentParser {
  const parser = new ArgumentParser({
    prog: `az ${verb.path}`,
    description: verb.summary,
    epilog: `examples:\n${verb.examples.map((example) => `  ${example}`).join('\n')}`,
    formatter_class: RawDescriptionHelpFormatter,
    add_help: false,
    color: false,
    suggest_on_error: true,
  });
  // The parser would print its usage and end the process.
  parser.error = (message) => {
    throw argumentError(message);
  };
  const globals = parser.add_argument_group({ title: 'global options' });
  for (const option of verb.options) {
    parser.add_argument(...option.names, { ...settingsOf(option), required: option.isRequired === true && !isForHelp });
  }
  for (const option of GLOBAL_OPTIONS) globals.add_argument(...option.names, settingsOf(option));
  return parser;
}

function settingsOf({ dest, kind = 'text', choices, help }: AzOption): Partial<Action> & { type?: never } {
  const nargs: Readonly<Partial<Record<typeof kind, Nargs>>> = { list: '+', tags: '*', boolean: '?' };
  const settings = {
    dest,
    // The parser fills `%` in.
    help: help.replaceAll('%', '%%'),
    ...(kind === 'flag' ? { action: 'store_true', default: null } : { metavar: metavarOf(dest, kind, choices) }),
    ...(nargs[kind] !== undefined && { nargs: nargs[kind] }),
    ...(kind === 'boolean' && { const: true }),
    // A list may come as one text: its parts are compared once it is split.
    ...(kind === 'list' ? {} : (typeOf(kind, choices) ?? {})),
  };
  return settings as Partial<Action> & { type?: never };
}

function metavarOf(dest: string, kind: AzOption['kind'], choices: AzOption['choices']): string | undefined {
  if (choices !== undefined) return `{${choices.join(',')}}`;
  return kind === 'boolean' ? '{false,true}' : dest.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** How a value is read, and its name in the parser's messages. */
function typeOf(kind: NonNullable<AzOption['kind']>, choices: AzOption['choices']): object | undefined {
  if (choices !== undefined) return { type: named('choice', (value) => chosen(value, choices)), choices };
  if (kind === 'boolean') return { type: named('boolean', readBoolean) };
  if (kind === 'integer') return { type: 'int' };
  if (kind === 'json') return { type: named('json', readJson) };
  return undefined;
}

function named<T>(name: string, read: (value: string) => T): (value: string) => T {
  return Object.defineProperty(read, 'name', { value: name });
}

/** A value that is no choice is handed on as it is, for the parser to refuse. */
function chosen(value: string, choices: readonly string[]): string {
  return choices.find((choice) => choice.toLowerCase() === value.toLowerCase()) ?? value;
}

function readBoolean(value: string): boolean {
  const text = value.toLowerCase();
  if (text === 'true' || text === 'yes') return true;
  if (text === 'false' || text === 'no') return false;
  throw argumentError(`'${value}' is neither true nor false`);
}

function readJson(value: string): JsonValue {
  const isFile = value.startsWith('@');
  const text = isFile ? fileText(value.slice(1)) : value;
  const fault = jsonFault(text);
  if (fault === undefined) return JSON.parse(text) as JsonValue;
  const where = isFile ? value.slice(1) : 'the value';
  throw argumentError(`Failed to parse ${where} as JSON: line ${fault.line}, column ${fault.column}: ${fault.message}`);
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw argumentError(`the file ${path} cannot be read (${code ?? 'unknown'})`);
  }
}

/** Several arguments, or one with spaces in it: `--iot-hubs a b` and `--iot-hubs "a b"` are the same. */
function flatten(values: Map<string, unknown>, { dest, kind, choices, names }: AzOption): void {
  const given = values.get(dest) as readonly string[] | null | undefined;
  if (given === null || given === undefined) return;
  if (kind === 'tags') {
    values.set(dest, tagsOf(given));
    return;
  }
  const parts = given.flatMap((value) => value.split(/\s+/)).filter((value) => value !== '');
  values.set(dest, choices === undefined ? parts : parts.map((part) => checkedChoice(part, choices, names)));
}

function checkedChoice(value: string, choices: readonly string[], names: readonly string[]): string {
  const found = chosen(value, choices);
  if (choices.includes(found)) return found;
  const allowed = choices.map((choice) => `'${choice}'`).join(', ');
  throw argumentError(`argument ${names.join('/')}: invalid choice: '${value}' (choose from ${allowed})`);
}

/** `name=value`; a name alone has an empty value, and `""` alone empties all tags, as with `az`. */
function tagsOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given
      .filter((tag) => tag !== '')
      .map((tag) => {
        const equals = tag.indexOf('=');
        return equals < 0 ? [tag, ''] : [tag.slice(0, equals), tag.slice(equals + 1)];
      }),
  );
}

function helpOf(parser: ArgumentParser): string {
  return parser.format_help().trimEnd();
}
