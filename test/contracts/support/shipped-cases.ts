/** All shipped cases, run as they are shipped; in two parts, because test files run side by side. */
import { describe, expect, it } from 'vitest';
import { readCases } from '../../../contracts/case/read-cases.ts';
import { mismatchText } from '../../../contracts/reporters/words.ts';
import { runContracts } from '../../../contracts/run/run-contracts.ts';

/** A part of them, over every transport, so that traces are compared. */
export function runShipped(part: 0 | 1): void {
  describe(`the shipped cases, part ${part + 1} of 2`, () => {
    it('pass over every transport, with equal traces where they say so', { timeout: 60_000 }, async () => {
      const { cases } = await readCases([]);
      const verdict = await runContracts(
        cases.filter((_case, index) => index % 2 === part),
        { seed: 'shipped' },
      );
      const broken = verdict.results.filter(({ outcome }) => outcome !== 'passed');
      const told = broken.map(({ id, transport, error, mismatches }) => {
        return `${id} over ${transport}: ${error ?? mismatches.map(mismatchText).join('; ')}`;
      });
      expect(told).toEqual([]);
      expect(verdict.passed).toBeGreaterThan(100);
    });
  });
}
