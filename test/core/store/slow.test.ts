/** A store that is slow changes nothing: a sample of the contracts here, all of them in the long suite. */
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { createMemoryStore } from '../../../emulator/core/store/memory/memory-store.ts';
import {
  customGroup,
  type Harness,
  HUB_A,
  operationIdOf,
  poll,
  provision,
  register,
  setUpOf,
  startHarness,
} from '../service-harness.ts';
import { runSlowly } from './run-slowly.ts';
import { seeded, slow, someSeed } from './troubled-stores.ts';

const SAMPLE = ['row-5-recovers', 'reprovision-migrate', 'row-4-disabled-individual'];
const seed = someSeed();

it(`a sample of the contracts passes (DPS_TEST_SEED=${seed})`, async () => {
  expect(await runSlowly(seed, ({ contract }) => SAMPLE.includes(contract.id), ['https'])).toEqual({
    passed: SAMPLE.length,
    told: [],
  });
});

it(`a reset in the midst of registrations and polls gives nobody a 500 (DPS_TEST_SEED=${seed})`, async () => {
  const setUp = setUpOf({ allocationPolicy: 'static', iotHubs: [HUB_A] });
  const harness = await startHarness({ setUp, records: slow(createMemoryStore(), seeded(seed)) });
  let isOver = false;
  const statuses = new Set<number>();
  const device = async (id: string): Promise<void> => {
    while (!isOver) {
      const first = await register(harness, { id });
      statuses.add(first.status);
      for (let polls = 0; polls < 4; polls += 1)
        statuses.add((await poll(harness, operationIdOf(first), { id })).status);
    }
  };
  const devices = ['a', 'b', 'c', 'd'].map(device);
  for (let resets = 0; resets < 12; resets += 1) await harness.engine.state.reset();
  isOver = true;
  await Promise.all(devices);
  await untilIdle(harness);
  expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  expect(harness.bugs).toEqual([]);
  expect(await provision(harness)).toMatchObject({ status: 'assigned' });
});

it('a poll that is overtaken by a reset is told that there is no such operation', async () => {
  const records = createMemoryStore();
  const harness = await startHarness({
    setUp: setUpOf(customGroup('http://webhook.test/')),
    records,
    postJson: async (_url, _body, _options, signal) => {
      await once(signal, 'abort');
      throw signal.reason;
    },
  });
  const operationId = operationIdOf(await register(harness));
  const { get } = records;
  records.get = async (collection, key) => {
    if (collection === 'registrations') await harness.engine.state.reset();
    return get(collection, key);
  };
  expect(await poll(harness, operationId)).toMatchObject({ status: 404, errorCode: 404203 });
  expect(harness.bugs).toEqual([]);
  expect(harness.clock.openHolds()).toEqual([]);
});

async function untilIdle({ clock }: Harness): Promise<void> {
  await clock.untilSleeping(0);
}
