/** Every shipped contract on a store whose calls take 0 to 3 ms before and after. */
import { expect, it } from 'vitest';
import { runSlowly } from './run-slowly.ts';
import { someSeed } from './troubled-stores.ts';

const seed = someSeed();

it(`all contracts pass (DPS_TEST_SEED=${seed})`, async () => {
  const { passed, told } = await runSlowly(seed, () => true);
  expect(told).toEqual([]);
  expect(passed).toBeGreaterThanOrEqual(340);
}, 900_000);
