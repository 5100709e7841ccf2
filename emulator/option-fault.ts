/** What is wrong with the value of an option, by the rule of its row. */
import { ASSUMPTIONS, isAssumptionId } from './core/assumptions.ts';
import { ruleText, shown } from './wire/fault.ts';
import { maskQuery } from './wire/mask.ts';

export interface OptionRule {
  readonly type: 'string' | 'integer' | 'number' | 'choice' | 'list' | 'assumptions';
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** What else a text must be: what is told when it is not. */
  readonly rule?: (text: string) => string | undefined;
}

/** `: rule (is value)`, or `undefined` when the value keeps to its row. */
export function faultOf(value: unknown, row: OptionRule): string | undefined {
  if (row.type === 'assumptions') return assumptionFault(value);
  const rule = ruleBroken(value, row);
  return rule === undefined
    ? undefined
    : `: ${ruleText({ rule, value: shown(typeof value === 'string' ? maskQuery(value) : value) })}`;
}

function ruleBroken(value: unknown, row: OptionRule): string | undefined {
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

function assumptionFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ': must be an object of id and value';
  for (const [id, choice] of Object.entries(value)) {
    if (!isAssumptionId(id)) return `.${id}: is not a named assumption; known: ${Object.keys(ASSUMPTIONS).join(', ')}`;
    const values: readonly string[] = ASSUMPTIONS[id].values;
    if (!values.includes(choice)) return `.${id}: must be one of ${values.join(', ')} (is ${JSON.stringify(choice)})`;
  }
  return undefined;
}
