/** Stores that fail at random: before the 202 the answer is 500 and nothing is left; after it the device gets what it was promised. */
import { describe, expect, it } from 'vitest';
import type { WebhookOutcome } from '../../../emulator/core/ports.ts';
import type { RecordStore } from '../../../emulator/core/store/record-store.ts';
import { makeServiceSas } from '../../../emulator/wire/sas-token.ts';
import type { GivenEnrollmentGroup } from '../../../emulator/wire/set-up.ts';
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
import { failing, seeded, someSeed, watched, writeByWrite } from './troubled-stores.ts';

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
  async function startAway() {
    const stored = createJsonStore();
    const calls: number[] = [];
    let isAway = false;
    const harness = await startHarness({
      setUp: SET_UP,
      records: failing(stored, () => isAway),
      postJson: async () => {
        calls.push(calls.length);
        isAway = true;
        return GOOD;
      },
    });
    const operationId = operationIdOf(await register(harness));
    await harness.clock.untilSleeping(1);
    expect(harness.clock.pending()).toMatchObject([{ why: 'the store: the disk is away', dueMs: START_MS + 1_000 }]);
    const comeBack = (): void => {
      isAway = false;
    };
    return { harness, stored, calls, operationId, comeBack };
  }

  it('is asked again for as long as it takes, reported once, and the operation ends as it was decided', async () => {
    const { harness, calls, operationId, comeBack } = await startAway();
    await harness.clock.advance(24 * 3_600_000);
    expect(harness.bugs.map(String)).toEqual(['StoreFailure: the disk is away']);
    comeBack();
    const { toMs, fromMs } = await harness.clock.next();
    expect(toMs - fromMs).toBeLessThanOrEqual(300_000);
    expect((await poll(harness, operationId)).body).toMatchObject({ status: 'assigned' });
    expect(calls).toHaveLength(1);
    expect(harness.clock.pending()).toEqual([]);
    expect((await harness.ports.operations.assigningPage({ count: 1 })).items).toEqual([]);
  });

  it('costs few attempts: a day of it is less than three hundred', async () => {
    const { harness } = await startAway();
    const { woken } = await harness.clock.advance(24 * 3_600_000);
    expect(woken).toBeLessThan(300);
  });

  it('leaves the operation to the next engine, when the first one is stopped', async () => {
    const { harness: first, stored, operationId } = await startAway();
    await first.clock.advance(600_000);
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

describe('a bulk request of which an entry cannot be stored', () => {
  it('says so of that entry, and the others are stored: a 500 would deny them', async () => {
    const stored = createJsonStore();
    let commits = 0;
    let failsAt = Number.POSITIVE_INFINITY;
    const harness = await startHarness({
      setUp: setUpOf(undefined),
      records: watched(stored, {
        before: ({ name }) => {
          if (name === 'commit') commits += 1;
          if (name === 'commit' && commits === failsAt) throw new Error('the disk is away');
        },
      }),
    });
    failsAt = commits + 2;
    const ids = ['one', 'two', 'three'];
    const { status, json } = await bulk(harness, ids);
    expect(status).toBe(200);
    expect(json).toMatchObject({ isSuccessful: false, errors: [{ registrationId: 'two', errorCode: 500001 }] });
    expect(JSON.stringify(json)).not.toContain('disk');
    const kept = await harness.ports.enrollments.individuals(SCOPE);
    expect(kept.map(({ registrationId }) => registrationId)).toEqual(['one', 'three']);
    expect(harness.bugs.map(String)).toEqual(['StoreFailure: the disk is away']);
  });
});

async function bulk({ engine, ports }: Harness, ids: readonly string[]) {
  const [instance] = await ports.instances.list();
  const host = `${instance?.name}.azure-devices-provisioning.net`;
  const { keyName, primaryKey: key = '' } = instance?.policies[0] ?? {};
  const { status, text } = await engine.serviceApi.call({
    host,
    path: '/enrollments',
    authorization: makeServiceSas({ host, keyName: keyName ?? '', key }, Math.trunc(Date.now() / 1000) + 600),
    apiVersion: '2021-10-01',
    request: {
      operation: 'runBulkOperation',
      kind: 'individual',
      id: '',
      body: JSON.stringify({
        mode: 'create',
        enrollments: ids.map((registrationId) => ({ registrationId, attestation: { type: 'symmetricKey' } })),
      }),
      ifMatch: undefined,
      maxItemCount: undefined,
      continuation: undefined,
    },
  });
  return { status, json: JSON.parse(text) as unknown };
}

describe('a service that is deleted while a device registers', () => {
  it.each<readonly [string, Partial<GivenEnrollmentGroup>]>([
    ['is disabled', { provisioningStatus: 'disabled' }],
    ['is assigned', { allocationPolicy: 'static', iotHubs: [HUB_A] }],
  ])('keeps nothing of one that %s between the list of what goes and its commit', async (_title, group) => {
    const stored = createJsonStore();
    let meanwhile: (() => Promise<unknown>) | undefined;
    const harness = await startHarness({
      setUp: setUpOf(group),
      records: watched(stored, {
        before: async ({ name }) => {
          const work = name === 'commit' ? meanwhile : undefined;
          if (work === undefined) return;
          meanwhile = undefined;
          await work();
        },
      }),
    });
    meanwhile = async () => {
      expect((await register(harness)).status).toBeLessThan(300);
      await harness.clock.untilSleeping(0);
    };
    await harness.engine.state.resources.provisioningServices.delete('dps-1', undefined);
    expect(await harness.ports.registrations.list()).toEqual([]);
    expect(JSON.parse(stored.content()).rows.map(({ name }: { name: string }) => name)).not.toContainEqual(
      expect.stringMatching(/registration|operation|individual|group/),
    );
    expect(harness.bugs).toEqual([]);
  });
});
