/** One device's history, played until it is over, with an engine that is thrown away at a chosen store call. */
import type { Ports, WebhookOutcome } from '../../../emulator/core/ports.ts';
import type { RecordStore } from '../../../emulator/core/store/record-store.ts';
import {
  customGroup,
  DEVICE,
  eventsOf,
  type Harness,
  type HarnessOptions,
  HUB_A,
  HUB_B,
  poll,
  provision,
  register,
  SCOPE,
  START_MS,
  setUpOf,
  startHarness,
} from '../service-harness.ts';
import { createJsonStore, type JsonStore } from './json-store.ts';
import { watched } from './troubled-stores.ts';

export interface CrashPoint {
  /** Which store call, from 1. */
  readonly call: number;
  /** Whether what the call does is done. */
  readonly when: 'before' | 'after';
}

/** A wrong store or engine, which the checks must notice. */
export interface Sabotage {
  readonly records?: (records: RecordStore) => RecordStore;
  readonly ports?: (ports: Ports) => Partial<Ports>;
  readonly neverResumes?: boolean;
}

export interface History {
  readonly title: string;
  /** What the device has behind it. */
  readonly isAssignedBefore: boolean;
  readonly script: readonly WebhookOutcome[];
  readonly hub: string;
  /** Seconds from the register. */
  readonly callsAt: readonly number[];
}

const busy: WebhookOutcome = { kind: 'response', status: 500, body: '' };
const to = (iotHubHostName: string): WebhookOutcome => ({
  kind: 'response',
  status: 200,
  body: JSON.stringify({ iotHubHostName }),
});

export const HISTORIES: readonly History[] = [
  {
    title: 'register, retry, assign',
    isAssignedBefore: false,
    script: [busy, busy, to(HUB_A)],
    hub: HUB_A,
    callsAt: [0, 1, 11],
  },
  {
    title: 'register again, retry, move',
    isAssignedBefore: true,
    script: [busy, to(HUB_B)],
    hub: HUB_B,
    callsAt: [0, 1],
  },
];

const SET_UP = setUpOf(
  customGroup('http://webhook.test/', { reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true } }),
);

/** What is stored when the history begins. */
export async function contentBefore({ isAssignedBefore }: History): Promise<string> {
  const records = createJsonStore();
  const harness = await startHarness({ setUp: SET_UP, records, postJson: async () => to(HUB_A) });
  if (isAssignedBefore) await provision(harness);
  await harness.stop();
  return records.content();
}

export interface Played {
  /** Store calls of the first engine. */
  readonly calls: number;
  readonly hasCrashed: boolean;
  /** What is wrong with how it ended, a sentence each. */
  readonly faults: readonly string[];
}

/** Plays the history; at the crash point the engine is thrown away and another one goes on with what is stored. */
export async function play(
  history: History,
  content: string,
  crash: CrashPoint | undefined,
  sabotage: Sabotage = {},
): Promise<Played> {
  const callsAt: number[] = [];
  let answered = 0;
  /** The webhook answers by what it has been asked, so a call that is repeated is answered alike. */
  const postJsonOf =
    (now: () => number): NonNullable<HarnessOptions['postJson']> =>
    async () => {
      const seconds = (now() - START_MS) / 1000;
      const index = history.callsAt.indexOf(seconds);
      callsAt.push(seconds);
      answered += 1;
      return history.script[index] ?? history.script[Math.min(answered, history.script.length) - 1] ?? busy;
    };
  const open = (records: RecordStore, startMs: number): Promise<Harness> => {
    let now = (): number => startMs;
    const started = startHarness({
      records: sabotage.records?.(records) ?? records,
      startTime: new Date(startMs).toISOString(),
      postJson: postJsonOf(() => now()),
      ports: (ports) => {
        now = () => ports.clock.now();
        return sabotage.ports?.(ports) ?? {};
      },
      ...(sabotage.neverResumes === true && { neverResumes: true }),
    });
    return started;
  };

  const first = createJsonStore(content);
  let calls = 0;
  let isDead = false;
  let isCounting = false;
  const die = (): never => {
    isDead = true;
    throw new Error('the engine was thrown away');
  };
  const dying = watched(first, {
    before: () => {
      if (isDead) throw new Error('the engine was thrown away');
      if (!isCounting) return;
      calls += 1;
      if (crash?.when === 'before' && calls === crash.call) die();
    },
    after: () => {
      if (isCounting && crash?.when === 'after' && calls === crash.call) die();
    },
  });
  const one = await open(dying, START_MS);
  isCounting = true;
  const operationId = await playUntil(one, undefined, () => isDead);
  isCounting = false;
  const instant = one.clock.now();
  if (!isDead) return { calls, hasCrashed: false, faults: await faultsOf(history, one, first, callsAt, 0) };
  const concludedBefore = eventsOf(one, 'concluded').length;

  // Only what passes through JSON is left of it.
  const second = createJsonStore(first.content());
  const two = await open(second, instant);
  await playUntil(two, operationId ?? (await operationOf(two, history)), () => false);
  return { calls, hasCrashed: true, faults: await faultsOf(history, two, second, callsAt, concludedBefore) };
}

/** The device's program: registers unless it has an operation id, and polls until the end. Gives back the id. */
async function playUntil(
  harness: Harness,
  known: string | undefined,
  isDead: () => boolean,
): Promise<string | undefined> {
  let operationId = known;
  for (let turns = 0; turns < 50; turns += 1) {
    if (operationId === undefined) {
      const reply = await register(harness);
      if (isDead()) return undefined;
      if (!('operationId' in reply.body)) throw new Error(`the register was answered ${reply.text}`);
      operationId = reply.body.operationId;
    }
    await harness.clock.untilSleeping(0);
    if (isDead()) return operationId;
    const reply = await poll(harness, operationId);
    if (isDead() || reply.status !== 202) return operationId;
    const { woken } = await harness.clock.next();
    if (isDead() || woken === 0) return operationId;
  }
  return operationId;
}

/** A device whose 202 was lost registers again; here it is followed instead, so that its calls can be told. */
async function operationOf({ ports }: Harness, { isAssignedBefore }: History): Promise<string | undefined> {
  const record = await ports.registrations.get(SCOPE, DEVICE);
  return record?.operationCount === (isAssignedBefore ? 2 : 1) ? record.operationId : undefined;
}

async function faultsOf(
  history: History,
  harness: Harness,
  records: JsonStore,
  callsAt: readonly number[],
  concludedBefore: number,
): Promise<readonly string[]> {
  const { ports, hubs, clock, bugs } = harness;
  const faults: string[] = [];
  const expect = (isRight: boolean, says: string): void => {
    if (!isRight) faults.push(says);
  };
  const record = await ports.registrations.get(SCOPE, DEVICE);
  const operation = record && (await ports.operations.get(SCOPE, DEVICE, record.operationId));
  const registers = history.isAssignedBefore ? 2 : 1;
  expect(record?.status === 'assigned', `the registration is ${record?.status}`);
  expect(record?.assignment?.hub === history.hub, `it is at ${record?.assignment?.hub}`);
  expect(record?.operationCount === registers, `${record?.operationCount} operations were opened`);
  // Each register and each conclusion writes it once.
  expect(record?.version === 2 * registers, `the registration was written ${record?.version} times`);
  expect(operation?.outcome?.status === 'assigned', 'the operation has no outcome');
  expect(concludedBefore + eventsOf(harness, 'concluded').length <= 1, 'it was concluded twice');
  for (const hub of [HUB_A, HUB_B]) {
    const found = (await hubs.devices(hub)) ?? [];
    expect(found.length === (hub === history.hub ? 1 : 0), `${found.length} devices are at ${hub}`);
  }
  expect((await hubs.record(history.hub, DEVICE))?.writes === 1, 'the device was not written once');
  expect((await ports.operations.assigningPage({ count: 1 })).items.length === 0, 'an operation is assigning');
  const instants = [...new Set(callsAt)];
  expect(JSON.stringify(instants) === JSON.stringify(history.callsAt), `the webhook was called at ${callsAt.join()}`);
  expect(callsAt.length <= history.callsAt.length + 1, `the webhook was called ${callsAt.length} times`);
  expect(clock.pending().length === 0 && clock.openHolds().length === 0, 'something still runs or sleeps');
  expect(bugs.length === 0, `reported: ${String(bugs[0])}`);
  expect(!records.content().includes('"work"'), 'work is left behind');
  return faults;
}
