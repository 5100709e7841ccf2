/** Reads what follows a verb's words, by the parser that `az` itself is built on: same rules, same messages. */
import { type Action, ArgumentParser, ArgumentTypeError, type Nargs, RawDescriptionHelpFormatter } from 'argparse';
import { MASK } from '../../emulator/wire/mask.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { type AzArguments, azArguments } from './arguments.ts';
import { argumentError } from './az-error.ts';
import { checkedChoice } from './check-choice.ts';
import { readJsonArgument } from './json-argument.ts';
import { OUTPUT_FORMATS, type OutputFormat } from './output.ts';
import { type AzOption, type AzVerb, option } from './verb.ts';

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
  option('--output, -o', 'output format (default: json)', { choices: OUTPUT_FORMATS }),
  option('--query', 'JMESPath expression: which part of the answer to print'),
  option('--emulator', 'control API of the emulator (default: DPS_EMULATOR_URL, then the ready file)'),
  option('--help, -h', 'show this text', { kind: 'flag' }),
  option('--subscription', 'accepted and not looked at: the emulator has one'),
  option('--only-show-errors', 'accepted: nothing else is shown', { kind: 'flag' }),
  option('--verbose', 'accepted; see dps-emulator log', { kind: 'flag' }),
  option('--debug', 'accepted; see dps-emulator log', { kind: 'flag' }),
];

/** @throws {AzError} for wrong usage */
export function parseArguments(verb: AzVerb, words: readonly string[]): ParsedVerb {
  const wantsHelp = words.includes('--help') || words.includes('-h');
  const parser = parserFor(verb);
  if (wantsHelp) {
    const help = parser.format_help().trimEnd();
    return { args: azArguments(new Map()), output: 'json', query: undefined, emulator: undefined, help };
  }
  const values = new Map<string, unknown>(Object.entries(parser.parse_args([...words])));
  for (const option of [...verb.options, ...GLOBAL_OPTIONS]) {
    const given = values.get(option.dest) ?? undefined;
    if (given !== undefined) values.set(option.dest, checked(given, option, verb));
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
  return kind === 'ambiguous option' ? shown : shown.replace(NEXT_VALUES, `$1 ${MASK}`);
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

/** What the parser has read, as the verb reads it. */
function checked(given: unknown, option: AzOption, verb: AzVerb): unknown {
  if (option.kind === 'tags') return tagsOf(given as readonly string[]);
  const choice = (value: string): string => (option.choices === undefined ? value : checkedChoice(value, option, verb));
  if (option.kind === 'list') return wordsIn(given as readonly string[]).map(choice);
  if (option.choices !== undefined) return choice(given as string);
  checkValue(given, option);
  return given;
}

/** Several arguments, or one with spaces in it: `--iot-hubs a b` and `--iot-hubs "a b"` are the same. */
function wordsIn(given: readonly string[]): readonly string[] {
  return given.flatMap((value) => value.split(/\s+/)).filter((value) => value !== '');
}

/** An empty name would ask for something else: for the list, where one resource was meant. */
function checkValue(value: unknown, { names, mayBeEmpty, minimum }: AzOption): void {
  if (minimum !== undefined && typeof value === 'number' && value < minimum) {
    throw argumentError(`argument ${names.join('/')}: must be ${minimum} or more (is ${value})`);
  }
  if (value !== '' || mayBeEmpty) return;
  throw argumentError(`argument ${names.join('/')}: must not be empty; is the variable set?`);
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
