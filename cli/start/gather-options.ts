/** Gathers the options of `start` from flags, environment and file, checks each where it was given, and ranks them. */
import {
  type GivenOptions,
  OPTIONS,
  OptionError,
  type OptionName,
  type OptionRow,
  resolveOptions,
  variableOf,
} from '../../emulator/service-door.ts';
import { shown } from '../../emulator/wire/fault.ts';
import type { JsonObject } from '../../emulator/wire/twin.ts';
import { CliError } from '../exit.ts';

export interface OptionSources {
  /** Texts of flags, by option. */
  readonly flags: ReadonlyMap<OptionName, string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file?: { readonly path: string; readonly options: JsonObject } | undefined;
}

export interface Gathered {
  readonly given: GivenOptions;
  /** What to call an option in a message: the flag, the variable or the place in the file that it came from. */
  readonly labels: ReadonlyMap<OptionName, string>;
}

/**
 * Flag before environment before file; what none of them gives keeps its default.
 * @throws {CliError} naming every value that breaks its rule, those that another source overrides included
 */
export function gatherOptions({ flags, env, file }: OptionSources): Gathered {
  const given = new Map<OptionName, unknown>();
  const labels = new Map<OptionName, string>();
  const faults: string[] = unknownOptions(file);
  const take = (name: OptionName, label: string, read: () => unknown): void => {
    try {
      const value = read();
      resolveOptions({ [name]: value }, 'command');
      given.set(name, value);
      labels.set(name, label);
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      faults.push(`${label}${error.message.slice(name.length)}`);
    }
  };
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    const { flag } = OPTIONS[name];
    const variable = variableOf(OPTIONS[name]);
    const inFile = file?.options[name];
    if (file !== undefined && inFile !== undefined) take(name, `${file.path}: options.${name}`, () => inFile);
    const inEnvironment = env[variable];
    if (inEnvironment) take(name, variable, () => parseOption(name, inEnvironment));
    const onCommandLine = flags.get(name);
    if (onCommandLine !== undefined) take(name, longFlag(flag), () => parseOption(name, onCommandLine));
  }
  if (faults.length > 0) throw new CliError('usage', faults.join('\n'));
  return { given: Object.fromEntries(given) as GivenOptions, labels };
}

function unknownOptions(file: OptionSources['file']): string[] {
  return Object.keys(file?.options ?? {})
    .filter((name) => !Object.hasOwn(OPTIONS, name))
    .map((name) => `${file?.path}: options.${name}: is not a known option; docs/configuration.md lists them`);
}

/** `--https-port <port>` → `--https-port` */
export function longFlag(flag: string): string {
  return flag.split(' ')[0] ?? flag;
}

/** Turns the text of a flag or an environment variable into the option's type; a text that cannot be stays one. */
function parseOption(name: OptionName, text: string): unknown {
  const row: OptionRow = OPTIONS[name];
  const parts = text.split(',');
  switch (row.type) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'list':
      return parts.map((part) => part.trim()).filter((part) => part !== '');
    case 'assumptions':
      return Object.fromEntries(parts.filter((part) => part.trim() !== '').map(splitAssumption));
    default:
      return text;
  }
}

function splitAssumption(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 0) throw new OptionError(`assume: ${shown(text)} must have the form id=value`);
  return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}
