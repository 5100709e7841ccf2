/** Stores that fail at random: before the 202 the answer is 500 and nothing is left; after it the device gets what it was promised. */
import { describe, expect, it } from 'vitest';
import type { WebhookOutcome } from '../../../emulator/core/ports.ts';
import type { RecordStore } from '../../../emulator/core/store/record-store.ts';
import {
  customGroup,
  eventsOf,
  type Harness,
  HUB_A,
  operationIdOf,
  poll,
  register,
  SCOPE,
  START_MS,
  setUpOf,
  startHarness,
} from '../service-harness.ts';
import { createJsonStore } from './json-store.ts';
import { failing, seeded, someSeed, writeByWrite } from './troubled-stores.ts';

const BUSY: WebhookOutcome = { kind: 'response', status: 503, body: '' };
const GOOD: WebhookOutcome = { kind: 'response', status: 200, body: JSON.stringify({ iotHubHostName: HUB_A }) };
const SET_UP = setUpOf(customGroup('http://webhook.test/'));

/** Registers until it is let in, and polls until the end; 500 is no end for a device. */
async function playDevice(harness: Harness, id: string): Promise<{ readonly accepted: number; readonly end: number }> {
  let operationId = '';
  while (operationId === '') {
    const reply = await register(harness, { id });
    if (reply.status !== 202 && reply.status !== 500) throw new Error(reply.text);
    operationId = operationIdOf(reply);
  }
  for (let turns = 0; turns < 200; turns += 1) {
    await harness.clock.untilSleeping(0);
    const reply = await poll(harness, operationId, { id });
    if (reply.status === 200) return { accepted: 1, end: reply.status };
    await harness.clock.next();
  }
  return { accepted: 1, end: 202 };
}

/** What is wrong after devices were played on such a store, a sentence each. */
async function faultsWith(seed: number, sabotage: (records: RecordStore) => RecordStore): Promise<readonly string[]> {
  const random = seeded(seed);
  let share = 0;
  const records = sabotage(failing(createJsonStore(), () => random() < share));
  const harness = await startHarness({
    setUp: SET_UP,
    records,
    postJson: async () => (random() < 0.4 ? BUSY : GOOD),
  });
  share = 0.06;
  const faults: string[] = [];
  for (let device = 0; device < 12; device += 1) {
    const id = `d-${device}`;
    const { end } = await playDevice(harness, id);
    share = 0;
    const record = await harness.ports.registrations.get(SCOPE, id);
    const concluded = eventsOf(harness, 'concluded', { id }).length;
    if (end !== 200 || record?.status !== 'assigned') faults.push(`${id} ended with ${end}, ${record?.status}`);
    if (record?.operationCount !== 1) faults.push(`${id} has ${record?.operationCount} operations for one 202`);
    if (concluded !== 1) faults.push(`${id} was concluded ${concluded} times`);
    if ((await harness.hubs.record(HUB_A, id))?.writes !== 1) faults.push(`${id} was not written once at its hub`);
    if (record?.version !== 2) faults.push(`${id} was written ${record?.version} times`);
    share = 0.06;
  }
  share = 0;
  if ((await harness.ports.operations.assigningPage({ count: 1 })).items.length > 0) faults.push('some are assigning');
  await harness.stop();
  return faults;
}

describe('a store that fails at random', () => {
  const seed = someSeed();

  it(`keeps what was answered, whatever fails (DPS_TEST_SEED=${seed})`, async () => {
    for (let run = 0; run < 5; run += 1) expect(await faultsWith(seed + run, (records) => records)).toEqual([]);
  });

  it('does not, if it writes a commit record by record', async () => {
    const told: string[] = [];
    for (let run = 0; run < 3; run += 1) told.push(...(await faultsWith(run, writeByWrite).catch(String)));
    expect(told).not.toEqual([]);
  });
});

describe('a store that is away for longer than anybody waits', () => {
  it('leaves the operation as it was stored, which is reported, and the next engine goes on with it', async () => {
    const stored = createJsonStore();
    let isAway = false;
    const records = failing(stored, () => isAway);
    const postJson = async (): Promise<WebhookOutcome> => {
      isAway = true;
      return GOOD;
    };
    const first = await startHarness({ setUp: SET_UP, records, postJson });
    const operationId = operationIdOf(await register(first));
    await first.clock.untilSleeping(1);
    expect(first.clock.pending()).toMatchObject([{ why: 'the store: the disk is away', dueMs: START_MS + 1_000 }]);
    await first.clock.advance(600_000);
    expect(first.clock.pending()).toEqual([]);
    expect(first.bugs.map(String)).toEqual(['StoreFailure: the disk is away']);
    await first.stop();
    const second = await startHarness({
      records: createJsonStore(stored.content()),
      startTime: new Date(first.clock.now()).toISOString(),
      postJson: async () => GOOD,
    });
    await second.clock.untilSleeping(0);
    expect((await poll(second, operationId)).body).toMatchObject({ status: 'assigned' });
  });
});
