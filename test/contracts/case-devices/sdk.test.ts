/** The official SDK plays the devices of cases, and its words are read as a device's report. */
import { expect, it } from 'vitest';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import { selectCases } from '../../../contracts/run/select.ts';
import { shippedCases } from '../support/shipped-cases.ts';

it('the six rows, a second registration and a refusal pass with the official SDK', async () => {
  const cases = await shippedCases;
  const selected = selectCases(cases, [
    'row-1-valid-hub',
    'row-2-empty-hub',
    'row-3-unauthorized',
    'row-4-disabled-individual',
    'row-5-ladder',
    'row-6-bad-request',
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
