/** The official SDK plays the devices of cases, and its words are read as a device's report. */
import { expect, it } from 'vitest';
import { readCases } from '../../../contracts/case/read-cases.ts';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import { selectCases } from '../../../contracts/run/select.ts';

it('the six rows and the tutorial pass with the official SDK', async () => {
  const { cases } = await readCases([]);
  const selected = selectCases(cases, [
    'row-*',
    'tutorial-toaster',
    'tutorial-registers-again',
    'attest-unknown-device',
  ]);
  const verdict = await runContracts(selected, { driver: 'sdk', seed: 'sdk' });
  expect(
    verdict.results.flatMap(({ id, error, mismatches }) =>
      error || mismatches.length > 0 ? [{ id, error, mismatches }] : [],
    ),
  ).toEqual([]);
  expect(verdict).toMatchObject({ driver: 'official Node SDK', exitCode: 0 });
  expect(verdict.results.map(({ row }) => row)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6]));
});
