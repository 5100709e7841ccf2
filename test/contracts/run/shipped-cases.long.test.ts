/** All shipped cases over every transport, twenty times: each run passes, and all of them have the same hash. */
import { expect, it } from 'vitest';
import { runShipped } from '../support/shipped-cases.ts';

const REPETITIONS = 20;
const TIMEOUT_MS = 30 * 60_000;

it(`the shipped cases pass ${REPETITIONS} times over with the same trace`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const hashes = new Set<string | null>();
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const { told, verdict } = await runShipped(() => true);
    expect(told, `repetition ${repetition + 1}`).toEqual([]);
    hashes.add(verdict.traceHash);
  }
  expect([...hashes]).toHaveLength(1);
});
