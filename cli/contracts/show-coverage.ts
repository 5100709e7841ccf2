/** `dps-emulator contracts coverage`. */
import { type Coverage, type CoveredRow, coverageOf } from '../../contracts/index.ts';
import { EXIT } from '../exit.ts';
import { io } from '../io.ts';
import { paint, print, printJson } from '../terminal.ts';
import { readOrRefuse } from './usage-errors.ts';

interface CoverageFlags {
  readonly cases?: readonly string[];
  readonly json?: true;
}

export async function showCoverage(flags: CoverageFlags): Promise<void> {
  const { cases } = await readOrRefuse(flags.cases);
  const coverage = coverageOf(cases);
  if (flags.json) printJson(coverage);
  else printCoverage(coverage);
  io().exitCode = coverage.missed > 0 ? EXIT.failed : EXIT.ok;
}

function printCoverage({ rows, hit, excused, missed, unknown }: Coverage): void {
  for (const row of rows) print(rowLine(row));
  print();
  for (const { id, cases } of unknown) print(`${id}: no such row; covered by ${cases.join(', ')}`);
  const counts = `${hit} rows have a case, ${excused} have a reason to have none, ${missed} are missed`;
  print(missed > 0 ? paint.bad(counts) : paint.good(counts));
}

function rowLine({ id, says, state, cases, noCase }: CoveredRow): string {
  const name = `${id.padEnd(4)} ${says}`;
  switch (state) {
    case 'hit':
      return `${paint.good('✓')} ${name}  ${paint.faint(cases.join(', '))}`;
    case 'excused':
      return `${paint.faint('–')} ${name}  ${paint.faint(noCase ?? '')}`;
    case 'missed':
      return `${paint.bad('✗')} ${name}  ${paint.bad('no case, and no reason')}`;
  }
}
