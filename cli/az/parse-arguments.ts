/** Reads what follows a verb's words, by the parser that `az` itself is built on: same rules, same messages. */
import { type Action, ArgumentParser, ArgumentTypeError, type Nargs, RawDescriptionHelpFormatter } from 'argparse';
import { MASK } from '../../emulator/wire/mask.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { type AzArguments, azArguments } from './arguments.ts';
import { argumentError } from './az-error.ts';
import { checkedChoice } from './check-choice.ts';
import { readJsonArgument } from './json-argument.ts';
import { OUTPUT_FORMATS, type OutputFormat } from './output.ts';
import type { AzOption, AzVerb } from './verb.ts';
import { withoutLikelyKeys } from './without-likely-keys.ts';

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
  const parser = parserFor(verb);
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
  for (const option of [...verb.options, ...GLOBAL_OPTIONS]) {
    if (option.kind === 'tags' || option.kind === 'list') flatten(values, option);
    if (option.choices !== undefined) checkChoices(values, option, verb);
    else checkValue(values, option);
  }
  const args = azArguments(values);
  return {
    args,
    output: (args.text('output') ?? 'json') as OutputFormat,
    query: args.text('query'),
    emulator: args.text('emulator'),
  };
}

function parserFor(verb: AzVerb): ArgumentParser {
  const parser = new ArgumentParser({
    prog: `az ${verb.path}`,
    description: verb.summary,
    epilog: `examples:\n${verb.examples.map((example) => `  ${example}`).join('\n')}`,
    formatter_class: RawDescriptionHelpFormatter,
    add_help: false,
    color: false,
  });
  // The parser would print its usage and end the process.
  parser.error = (message) => {
    throw argumentError(withoutKeys(message));
  };
  const globals = parser.add_argument_group({ title: 'global options' });
  for (const option of verb.options) {
    parser.add_argument(...option.names, { ...settingsOf(option), required: option.isRequired === true });
  }
  for (const option of GLOBAL_OPTIONS) globals.add_argument(...option.names, settingsOf(option));
  return parser;
}

/** Words that the parser does not know are repeated in its message: the value behind a misspelled `--key` is not. */
const REPEATS_WORDS = /^(unrecognized arguments|ambiguous option):/;
const JOINED_VALUE = /( -{1,2}[A-Za-z][\w-]*)=\S*/g;
const NEXT_VALUES = /( -{1,2}[A-Za-z][\w-]*)(?: (?!-)\S+)+/g;

function withoutKeys(message: string): string {
  const kind = REPEATS_WORDS.exec(message)?.[1];
  if (kind === undefined) return message;
  const shown = message.replace(JOINED_VALUE, `$1=${MASK}`);
  return withoutLikelyKeys(kind === 'ambiguous option' ? shown : shown.replace(NEXT_VALUES, `$1 ${MASK}`));
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
    ...(typeOf(kind) ?? {}),
  };
  return settings as Partial<Action> & { type?: never };
}

function metavarOf(dest: string, kind: AzOption['kind'], choices: AzOption['choices']): string | undefined {
  if (choices !== undefined) return `{${choices.join(',')}}`;
  return kind === 'boolean' ? '{false,true}' : dest.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** How a value is read, and its name in the parser's messages. */
function typeOf(kind: NonNullable<AzOption['kind']>): object | undefined {
  if (kind === 'boolean') return { type: named('boolean', readBoolean) };
  if (kind === 'integer') return { type: named('int', readInteger) };
  if (kind === 'json') return { type: named('json', readJson) };
  return undefined;
}

function named<T>(name: string, read: (value: string) => T): (value: string) => T {
  return Object.defineProperty(read, 'name', { value: name });
}

/** Refused in the parser's own words, with the name above. */
function readInteger(value: string): number {
  if (/^[+-]?\d{1,15}$/.test(value)) return Number(value);
  throw new TypeError('no integer');
}

function readBoolean(value: string): boolean {
  const text = value.toLowerCase();
  if (text === 'true' || text === 'yes') return true;
  if (text === 'false' || text === 'no') return false;
  throw new ArgumentTypeError(`'${value}' is neither true nor false`);
}

function readJson(value: string): JsonValue {
  const read = readJsonArgument(value);
  if (read.kind === 'fault') throw new ArgumentTypeError(read.fault);
  return read.value;
}

/** Several arguments, or one with spaces in it: `--iot-hubs a b` and `--iot-hubs "a b"` are the same. */
function flatten(values: Map<string, unknown>, { dest, kind }: AzOption): void {
  const given = values.get(dest) as readonly string[] | null | undefined;
  if (given === null || given === undefined) return;
  if (kind === 'tags') {
    values.set(dest, tagsOf(given));
    return;
  }
  values.set(
    dest,
    given.flatMap((value) => value.split(/\s+/)).filter((value) => value !== ''),
  );
}

/** An empty name would ask for something else: for the list, where one resource was meant. */
function checkValue(values: Map<string, unknown>, { dest, names, mayBeEmpty, minimum }: AzOption): void {
  const value = values.get(dest);
  if (minimum !== undefined && typeof value === 'number' && value < minimum) {
    throw argumentError(`argument ${names.join('/')}: must be ${minimum} or more (is ${value})`);
  }
  if (value !== '' || mayBeEmpty) return;
  throw argumentError(`argument ${names.join('/')}: must not be empty; is the variable set?`);
}

function checkChoices(values: Map<string, unknown>, option: AzOption, verb: AzVerb): void {
  const given = values.get(option.dest) as string | readonly string[] | null | undefined;
  if (given === null || given === undefined) return;
  const checked = (value: string): string => checkedChoice(value, option, verb);
  values.set(option.dest, typeof given === 'string' ? checked(given) : given.map(checked));
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
