/** Every shipped case that a target runs comes to the same there as in process, over every transport. */
import { describe, expect, it } from 'vitest';
import { mismatchText } from '../../../contracts/reporters/words.ts';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import type { Target } from '../../../contracts/target/target.ts';
import type { Emulator } from '../../../emulator/index.ts';
import { shippedCases } from '../support/shipped-cases.ts';
import { azureLike, runningEmulator } from '../support/targets.ts';

const TIMEOUT_MS = 30 * 60_000;

async function agrees(target: Target, emulator: Emulator): Promise<number> {
  const cases = await shippedCases;
  const before = await emulator.exportSetUp();
  const confirm = async (): Promise<boolean> => true;
  const there = await runContracts(cases, { target, confirm, seed: 'agreement' });
  const told = there.results
    .filter(({ outcome }) => outcome !== 'passed')
    .map((one) => `${one.id} ${one.transport}: ${one.error ?? one.mismatches.map(mismatchText).join('; ')}`);
  expect(told).toEqual([]);
  // In process every shipped case passes over every transport that it names.
  const runs = new Set(there.leftOut.map(({ id }) => id));
  const wanted = cases.filter(({ contract }) => !runs.has(contract.id)).flatMap(({ contract }) => contract.transports);
  expect(there.passed).toBe(wanted.length);
  expect(await emulator.exportSetUp()).toEqual(before);
  expect(await emulator.registrations()).toEqual([]);
  return there.cases;
}

describe('agreement with in process', { timeout: TIMEOUT_MS }, () => {
  it('of a running emulator', async () => {
    const { emulator, target } = await runningEmulator();
    await agrees(await target(), emulator);
    expect(emulator.journal.timelines()).toEqual([]);
  });

  it('of a service that is reached as the real one is', async () => {
    const { emulator, target } = await azureLike();
    const ran = await agrees(await target(), emulator);
    expect(ran).toBeGreaterThanOrEqual((await shippedCases).length * 0.6);
  });
});
