/** What is wrong with something that was given, told by path, rule and value. */
import { maskJson, maskLikelyKeys } from './mask.ts';
import type { JsonValue } from './twin.ts';

export interface Fault {
  /** `dps[0].enrollmentGroups[1].iotHubs`; empty for the whole. */
  readonly path: string;
  readonly rule: string;
  /** Shortened, with secrets masked. */
  readonly value?: string;
}

/** A set-up document that breaks rules: every fault, a line each. */
export class SetUpError extends Error {
  readonly faults: readonly Fault[];

  /** @param source the file's name, or what else the document came from */
  constructor(source: string, faults: readonly Fault[]) {
    super(faults.map(({ path, ...rest }) => `${source}: ${path || 'the document'}: ${ruleText(rest)}`).join('\n'));
    this.name = 'SetUpError';
    this.faults = faults;
  }
}

/** `must be <= 6 (is 9)` */
export function ruleText({ rule, value }: Pick<Fault, 'rule' | 'value'>): string {
  return `${rule}${value === undefined ? '' : ` (is ${value})`}`;
}

const SHOWN_LENGTH_MAX = 80;

/** A value as a fault shows it: short, and without secrets. */
export function shown(value: unknown): string {
  const text = maskLikelyKeys(JSON.stringify(maskJson(value as JsonValue)) ?? String(value));
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}
