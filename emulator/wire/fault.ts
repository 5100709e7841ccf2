/** What is wrong with a set-up document, told by path, rule and value. */
import { maskJson } from './mask.ts';
import type { JsonValue } from './twin.ts';

export interface SetUpFault {
  /** `dps[0].enrollmentGroups[1].iotHubs` */
  readonly path: string;
  readonly rule: string;
  /** Shortened, with secrets masked. */
  readonly value?: string;
}

export class SetUpError extends Error {
  readonly faults: readonly SetUpFault[];

  /** @param source the file's name, or what else the document came from */
  constructor(source: string, faults: readonly SetUpFault[]) {
    super(faults.map((fault) => `${source}: ${describe(fault)}`).join('\n'));
    this.name = 'SetUpError';
    this.faults = faults;
  }
}

function describe({ path, rule, value }: SetUpFault): string {
  return `${path === '' ? 'the document' : path}: ${rule}${value === undefined ? '' : ` (is ${value})`}`;
}

const SHOWN_LENGTH_MAX = 80;

/** A value as a fault shows it: short, and without secrets. */
export function shown(value: unknown): string {
  const text = JSON.stringify(maskJson(value as JsonValue)) ?? String(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}
