/** A device whose 202 was lost registers again: at whatever store call the engine was thrown away, the newer operation alone counts. */
import { expect, it } from 'vitest';
import type { WebhookOutcome } from '../../../emulator/core/ports.ts';
import type { RecordStore } from '../../../emulator/core/store/record-store.ts';
import {
  customGroup,
  DEVICE,
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
  untilConcluded,
} from '../service-harness.ts';
import { createJsonStore } from './json-store.ts';
import { seeded, someSeed, watched, writeByWrite } from './troubled-stores.ts';

const BUSY: WebhookOutcome = { kind: 'response', status: 503, body: '' };
const GOOD: WebhookOutcome = { kind: 'response', status: 200, body: JSON.stringify({ iotHubHostName: HUB_A }) };
const SET_UP = setUpOf(customGroup('http://webhook.test/'));
/** Seconds from a register at which the webhook is called. [dps-service-behaviour §4.3] */
const CALLS_AT = [0, 1, 11, 30];

interface Crash {
  readonly call: number;
  readonly when: 'before' | 'after';
}

interface Played {
  readonly calls: number;
  readonly hasCrashed: boolean;
  readonly faults: readonly string[];
}

async function play(busy: number, crash?: Crash, sabotage = (records: RecordStore) => records): Promise<Played> {
  const stored = createJsonStore();
  let calls = 0;
  let isCounting = false;
  let isDead = false;
  const at = (when: Crash['when']): void => {
    if (isDead || (isCounting && crash?.when === when && calls === crash.call)) {
      isDead = true;
      throw new Error('the engine was thrown away');
    }
  };
  const dying = watched(stored, {
    before: () => {
      if (isCounting && !isDead) calls += 1;
      at('before');
    },
    after: () => at('after'),
  });
  // Each register has a ladder of its own, and each of them is answered by what is left of `busy`.
  const webhook = (startMs: () => number, callsAt: number[], now: () => number) => async () => {
    const seconds = (now() - startMs()) / 1000;
    callsAt.push(seconds);
    return CALLS_AT.indexOf(seconds) < busy ? BUSY : GOOD;
  };

  const first = await startHarness({
    setUp: SET_UP,
    records: sabotage(dying),
    postJson: webhook(
      () => START_MS,
      [],
      () => first.clock.now(),
    ),
  });
  isCounting = true;
  const lost = await register(first);
  if (!isDead) {
    for (let steps = 0; steps < 20 && !isDead; steps += 1) {
      await first.clock.untilSleeping(0);
      if (!isDead && (await first.clock.next()).woken === 0) break;
    }
  }
  isCounting = false;
  const againMs = first.clock.now();
  const concludedBefore = eventsOf(first, 'concluded').map(({ operationId }) => operationId);
  isDead = true;

  const records = createJsonStore(stored.content());
  const callsAt: number[] = [];
  const second = await startHarness({
    records,
    startTime: new Date(againMs).toISOString(),
    postJson: webhook(
      () => againMs,
      callsAt,
      () => second.clock.now(),
    ),
  });
  const older = (await second.ports.registrations.get(SCOPE, DEVICE))?.operationId;
  const operationId = operationIdOf(await register(second));
  await untilConcluded(second, operationId);
  await second.clock.untilSleeping(0);
  const faults = await faultsOf(second, { operationId, older, lost: operationIdOf(lost), concludedBefore });
  if (records.content().includes('"work"')) faults.push('work is left behind');
  const own = callsAt.slice(callsAt.length - busy - 1);
  // The older operation, if it was taken up, may have made the call that was due before the device came back.
  const isOwn = JSON.stringify(own) === JSON.stringify(CALLS_AT.slice(0, busy + 1)) && callsAt.length <= own.length + 1;
  if (!isOwn) faults.push(`the webhook was called at ${callsAt.join()}`);
  return { calls, hasCrashed: crash !== undefined && calls >= crash.call, faults };
}

interface Told {
  readonly operationId: string;
  readonly older: string | undefined;
  readonly lost: string;
  readonly concludedBefore: readonly string[];
}

async function faultsOf(harness: Harness, { operationId, older, lost, concludedBefore }: Told): Promise<string[]> {
  const { ports, hubs, clock, bugs } = harness;
  const faults: string[] = [];
  const expectThat = (isRight: boolean, says: string): void => {
    if (!isRight) faults.push(says);
  };
  const record = await ports.registrations.get(SCOPE, DEVICE);
  expectThat(record?.status === 'assigned' && record.operationId === operationId, `the record is ${record?.status}`);
  expectThat(record?.operationCount === (older === undefined ? 1 : 2), `${record?.operationCount} operations`);
  expectThat(lost === '' || lost === older, 'what was answered 202 is not stored');
  const concluded = [...concludedBefore, ...eventsOf(harness, 'concluded').map((event) => event.operationId)];
  expectThat(new Set(concluded).size === concluded.length, `concluded twice: ${concluded.join()}`);
  if (older !== undefined) {
    const { status } = await poll(harness, older);
    expectThat(status === 200 || status === 404, `a poll of the older operation is answered ${status}`);
  }
  expectThat((await hubs.devices(HUB_A))?.length === 1, 'there is not one device at the hub');
  expectThat((await ports.operations.assigningPage({ count: 1 })).items.length === 0, 'an operation is assigning');
  expectThat(clock.pending().length === 0 && clock.openHolds().length === 0, 'something still runs or sleeps');
  expectThat(bugs.length === 0, `reported: ${String(bugs[0])}`);
  return faults;
}

const seed = someSeed();
const busy = 1 + Math.trunc(seeded(seed)() * 3);

it(`whose 202 is lost ends the same, at each store call (DPS_TEST_SEED=${seed}: ${busy} calls answered 503)`, async () => {
  const whole = await play(busy);
  expect(whole.faults).toEqual([]);
  expect(whole.calls).toBeGreaterThan(15);
  const told: string[] = [];
  let crashes = 0;
  for (let call = 1; call <= whole.calls; call += 1) {
    for (const when of ['before', 'after'] as const) {
      const { hasCrashed, faults } = await play(busy, { call, when });
      if (hasCrashed) crashes += 1;
      told.push(...faults.map((fault) => `${when} call ${call}: ${fault}`));
    }
  }
  expect(told).toEqual([]);
  expect(crashes).toBe(2 * whole.calls);
});

it('is spoilt by a store that writes record by record', async () => {
  const { calls } = await play(1);
  const told: string[] = [];
  for (let call = 1; call <= 2 * calls && told.length === 0; call += 1) {
    told.push(
      ...(await play(1, { call, when: 'before' }, writeByWrite).catch((error) => ({ faults: [String(error)] }))).faults,
    );
  }
  expect(told).not.toEqual([]);
});
