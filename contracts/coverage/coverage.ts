/** Which documented rows have a case, which have none and why, and which are missed. */
import type { LoadedCase } from '../case/read-cases.ts';
import { REQUIREMENTS, type Requirement } from './requirements.ts';

export interface CoveredRow extends Requirement {
  /** Ids of the cases that prove it. */
  readonly cases: readonly string[];
  readonly state: 'hit' | 'excused' | 'missed';
}

export interface Coverage {
  readonly rows: readonly CoveredRow[];
  readonly hit: number;
  readonly excused: number;
  readonly missed: number;
  /** What cases say they cover and no row is about. */
  readonly unknown: readonly { readonly id: string; readonly cases: readonly string[] }[];
}

export function coverageOf(cases: readonly LoadedCase[]): Coverage {
  const byRow = new Map<string, string[]>();
  for (const { contract } of cases) {
    const rows = [...contract.covers, ...(contract.row === undefined ? [] : [`T${contract.row}`])];
    for (const row of rows) byRow.set(row, [...(byRow.get(row) ?? []), contract.id]);
  }
  const rows = REQUIREMENTS.map((requirement): CoveredRow => {
    const found = byRow.get(requirement.id) ?? [];
    const state = found.length > 0 ? 'hit' : requirement.noCase === undefined ? 'missed' : 'excused';
    return { ...requirement, cases: found, state };
  });
  const known = new Set(REQUIREMENTS.map(({ id }) => id));
  const count = (state: CoveredRow['state']): number => rows.filter((row) => row.state === state).length;
  return {
    rows,
    hit: count('hit'),
    excused: count('excused'),
    missed: count('missed'),
    unknown: [...byRow].filter(([id]) => !known.has(id)).map(([id, names]) => ({ id, cases: names })),
  };
}
