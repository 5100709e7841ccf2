/** Checks options against their table, fills in defaults, and reads them from flags and the environment. */
import { type EffectiveOptions, type GivenOptions, OPTIONS, type OptionName, type OptionRow } from './config.ts';
import { ASSUMPTIONS, isAssumptionId } from './core/assumptions.ts';
import { shown } from './wire/fault.ts';
import { isWebhookUrl, WEBHOOK_URL_RULE } from './wire/webhook-url.ts';

/** An option that breaks its rule: names the option, the rule and the value. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/**
 * Checks what was given and fills in the defaults.
 * @throws {OptionError}
 */
export function resolveOptions(given: GivenOptions, surface: 'command' | 'in-process'): EffectiveOptions {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(OPTIONS, name)) throw new OptionError(`${name}: is not a known option`);
  }
  const resolved = Object.entries(OPTIONS).map(([name, row]: [string, OptionRow]) => {
    const value = given[name as OptionName];
    if (value !== undefined) checkOption(name, value, row);
    const fallback = surface === 'in-process' && row.inProcess !== undefined ? row.inProcess : row.default;
    return [name, value ?? fallback ?? EMPTY[row.type]];
  });
  return Object.freeze(Object.fromEntries(resolved)) as unknown as EffectiveOptions;
}

const EMPTY: Partial<Record<OptionRow['type'], unknown>> = { list: [], assumptions: {} };

function checkOption(name: string, value: unknown, row: OptionRow): void {
  const broken = row.type === 'assumptions' ? brokenAssumption(value) : brokenRule(name, value, row);
  if (broken !== undefined) throw new OptionError(`${name}${broken}`);
}

/** `: rule (is value)`, or `undefined` when the value keeps to its row. */
function brokenRule(name: string, value: unknown, row: OptionRow): string | undefined {
  const rule = ruleOf(name, value, row);
  return rule === undefined ? undefined : `: ${rule} (is ${shown(value)})`;
}

function ruleOf(name: string, value: unknown, row: OptionRow): string | undefined {
  switch (row.type) {
    case 'integer':
    case 'number': {
      const isWhole = row.type === 'integer';
      if (typeof value !== 'number' || !Number.isFinite(value))
        return `must be a ${isWhole ? 'whole number' : 'number'}`;
      if (isWhole && !Number.isInteger(value)) return 'must be a whole number';
      const isWithin = value >= (row.min ?? value) && value <= (row.max ?? value);
      return isWithin ? undefined : `must be ${row.min} to ${row.max}`;
    }
    case 'choice':
      return row.choices?.includes(String(value)) ? undefined : `must be one of ${row.choices?.join(', ')}`;
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? undefined
        : 'must be a list of texts';
    default:
      if (typeof value !== 'string' || value === '') return 'must be a text';
      if (name === 'webhook') return isWebhookUrl(value) ? undefined : WEBHOOK_URL_RULE;
      if (name !== 'startTime' || !Number.isNaN(Date.parse(value))) return undefined;
      return 'must be an instant such as 2026-01-01T00:00:00Z';
  }
}

function brokenAssumption(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ': must be an object of id and value';
  for (const [id, choice] of Object.entries(value)) {
    if (!isAssumptionId(id)) return `.${id}: is not a named assumption; known: ${Object.keys(ASSUMPTIONS).join(', ')}`;
    const values: readonly string[] = ASSUMPTIONS[id].values;
    if (!values.includes(choice)) return `.${id}: must be one of ${values.join(', ')} (is ${JSON.stringify(choice)})`;
  }
  return undefined;
}

/** Turns the text of a flag or an environment variable into the option's type. */
export function parseOption(name: OptionName, text: string | readonly string[]): unknown {
  const row: OptionRow = OPTIONS[name];
  const parts = typeof text === 'string' ? text.split(',') : text;
  switch (row.type) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(String(text)) ? Number(text) : text;
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
  if (equals < 0) throw new OptionError(`assume: "${text}" must have the form id=value`);
  return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}

/** The options that the environment gives. */
export function optionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): GivenOptions {
  const found = Object.entries(OPTIONS).flatMap(([name, row]) => {
    const text = env[row.env];
    return text === undefined || text === '' ? [] : [[name, parseOption(name as OptionName, text)]];
  });
  return Object.fromEntries(found) as GivenOptions;
}
