/** Plays shipped contracts on emulators whose store is slow. */

import { type LoadedCase, readCases } from '../../../contracts/case/read-cases.ts';
import { mismatchText } from '../../../contracts/reporters/words.ts';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import { startWithReplaced } from '../../../emulator/internal-door.ts';
import type { DeviceTransport } from '../../../emulator/wire/transports.ts';
import { seeded, slow } from './troubled-stores.ts';

export async function runSlowly(
  seed: number,
  isChosen: (one: LoadedCase) => boolean,
  transports?: readonly DeviceTransport[],
): Promise<{ readonly passed: number; readonly told: readonly string[] }> {
  const random = seeded(seed);
  const { results } = await runContracts((await readCases([])).cases.filter(isChosen), {
    seed: 'slow',
    transports,
    startTarget: (options) =>
      startWithReplaced(
        options,
        (name, part) => (name === 'records' ? slow(part as never, random) : part) as typeof part,
      ),
  });
  const broken = results.filter(({ outcome }) => outcome !== 'passed');
  return {
    passed: results.length - broken.length,
    told: broken.map(
      ({ id, transport, error, mismatches }) =>
        `${id} over ${transport}: ${error ?? mismatches.map(mismatchText).join('; ')}`,
    ),
  };
}
