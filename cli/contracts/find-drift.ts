/** `dps-emulator contracts drift`: the same cases against two targets, side by side. */
import { driftLines, findDrift, openTarget } from '../../contracts/index.ts';
import { CliError } from '../exit.ts';
import { io } from '../io.ts';
import { print, printable, printJson } from '../terminal.ts';
import { choiceOf, confirmation, type TargetFlags } from './target-flags.ts';
import { chosenCases, interruptibly } from './usage-errors.ts';

export interface DriftFlags extends TargetFlags {
  readonly target: readonly string[];
  readonly cases?: readonly string[];
  readonly transport?: readonly ('mqtt' | 'mqtt-ws' | 'https')[];
  readonly seed?: string;
  readonly caseTimeout: number;
  readonly json?: true;
}

const SECOND_MS = 1000;

export async function showDrift(select: readonly string[], flags: DriftFlags): Promise<void> {
  const [first, second, ...more] = flags.target;
  if (first === undefined || second === undefined || more.length > 0) {
    throw new CliError('usage', `drift compares two targets: --target A --target B (${flags.target.length} given)`);
  }
  const cases = await chosenCases(flags.cases, select);
  const drift = await interruptibly(async (signal) =>
    findDrift(cases, {
      a: await openTarget(choiceOf(first, flags)),
      b: await openTarget(choiceOf(second, flags)),
      confirm: confirmation(flags),
      seed: flags.seed,
      transports: flags.transport,
      caseTimeoutMs: flags.caseTimeout * SECOND_MS,
      signal,
    }),
  );
  if (flags.json) printJson(drift);
  else for (const line of driftLines(drift)) print(printable(line));
  io().exitCode = drift.exitCode;
}
