/** Runs shipped cases as they are shipped, and tells what did not pass. */
import { type LoadedCase, readCases } from '../../../contracts/case/read-cases.ts';
import { mismatchText } from '../../../contracts/reporters/words.ts';
import type { Verdict } from '../../../contracts/run/result.ts';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import type { DeviceTransport } from '../../../emulator/wire/transports.ts';

/** Read once for a test file: it takes longer than most tests. */
export const shippedCases: Promise<readonly LoadedCase[]> = readCases([]).then(({ cases }) => cases);

export async function runShipped(
  isChosen: (one: LoadedCase) => boolean,
  transports?: readonly DeviceTransport[],
): Promise<{ readonly verdict: Verdict; readonly told: readonly string[] }> {
  const verdict = await runContracts((await shippedCases).filter(isChosen), { seed: 'shipped', transports });
  const broken = verdict.results.filter(({ outcome }) => outcome !== 'passed');
  const told = broken.map(({ id, transport, error, mismatches }) => {
    return `${id} over ${transport}: ${error ?? mismatches.map(mismatchText).join('; ')}`;
  });
  return { verdict, told };
}
