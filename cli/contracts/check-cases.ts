/** `dps-emulator contracts check`. */
import { CaseError, describeFault, readCases } from '../../contracts/index.ts';

import { CliError, EXIT } from '../exit.ts';
import { io } from '../io.ts';
import { print, printJson } from '../terminal.ts';

interface CheckFlags {
  readonly cases?: readonly string[];
  readonly json?: true;
}

export async function checkCases(flags: CheckFlags): Promise<void> {
  try {
    const { cases, files } = await readCases(flags.cases ?? []);
    if (flags.json) printJson({ ok: true, cases: cases.length, files, faults: [] });
    else print(`${cases.length} cases in ${files} files: no fault`);
  } catch (error) {
    if (!(error instanceof CaseError)) throw error;
    if (!flags.json) throw new CliError('usage', error.message);
    const faults = error.faults.map((fault) => ({ ...fault, text: describeFault(fault) }));
    printJson({ ok: false, faults });
    io().exitCode = EXIT.usage;
  }
}
