/** What is said of an option: its rule, its default, how it is given; and what is wrong with a value. */
import { assumptionFault } from './core/assumptions.ts';
import { ruleText, shown } from './wire/fault.ts';
import { maskQuery } from './wire/mask.ts';

export interface OptionRow {
  readonly type: 'string' | 'integer' | 'number' | 'choice' | 'list' | 'assumptions';
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** What else a text must be: what is told when it is not. */
  readonly rule?: (text: string) => string | undefined;
  /** What `start` takes; in-process emulators take `inProcess` where it is given. `undefined`: see the help text. */
  readonly default: string | number | undefined;
  readonly inProcess?: number;
  readonly flag: string;
  /** Its variable, where that is not the flag in capitals: `variableOf`. */
  readonly env?: string;
  readonly help: string;
}

/** `: rule (is value)`, or `undefined` when the value keeps to its row. */
export function faultOf(value: unknown, row: OptionRow): string | undefined {
  if (row.type === 'assumptions') return assumptionFault(value);
  const rule = ruleBroken(value, row);
  return rule === undefined
    ? undefined
    : `: ${ruleText({ rule, value: shown(typeof value === 'string' ? maskQuery(value) : value) })}`;
}

function ruleBroken(value: unknown, row: OptionRow): string | undefined {
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
      return typeof value !== 'string' || value === '' ? 'must be a text' : row.rule?.(value);
  }
}
