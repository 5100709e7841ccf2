/** What is wrong with case files: every fault names file, line, case, path, rule and value. */
import { type Fault, ruleText } from '../../emulator/wire/fault.ts';

export interface CaseFault extends Fault {
  readonly file: string;
  readonly line?: number;
  /** Id of the case, or `base NAME`. */
  readonly subject?: string;
}

export class CaseError extends Error {
  readonly faults: readonly CaseFault[];

  constructor(faults: readonly CaseFault[]) {
    super(faults.map(describeFault).join('\n'));
    this.name = 'CaseError';
    this.faults = faults;
  }
}

/** `cases/mine.yaml:12: case row-9: row: must be <= 6 (is 9)` */
export function describeFault({ file, line, subject, path, ...rest }: CaseFault): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const about = subject === undefined ? '' : `${subject.startsWith('base ') ? subject : `case ${subject}`}: `;
  const where = path === '' ? '' : `${path}: `;
  return `${place}: ${about}${where}${ruleText(rest)}`;
}
