import { describe, expect, it } from 'vitest';
import { traceOf } from '../../emulator/core/journal/trace.ts';
import type { Answer } from '../../webhook/stand-in/index.ts';
import { closedPort } from '../allocation-webhook/raw-server.ts';
import {
  customGroup,
  type Harness,
  HUB_A,
  HUB_B,
  lookup,
  operationIdOf,
  poll,
  provision,
  register,
  setUpOf,
  startHarness,
  webhook,
} from './service-harness.ts';

const IDS = Array.from({ length: 15 }, (_, n) => `d-${n}`);

const trace = ({ journal }: Harness): string => JSON.stringify(traceOf(journal.timelines()), undefined, 1);

/** What the webhook decides depends on the device and on how often it came, never on when. */
function answerTo(id: number, call: number): Answer {
  if (id % 5 === 0) return { kind: 'status', status: id % 2 ? 400 : 401 };
  if (call <= id % 4) return { kind: 'status', status: 503 };
  if (id === 7) return { kind: 'drop' };
  return { kind: 'json', body: { iotHubHostName: id % 2 ? HUB_A : HUB_B, payload: { id, call } } };
}

/** All devices register twice, side by side, in an order and with delays that belong to this run alone. */
async function run(seed: string, order: readonly string[], delayOf: (id: number) => number): Promise<Harness> {
  const calls = new Map<number, number>();
  const standIn = await webhook(({ bodyText }) => {
    const id = Number(/"registrationId":"d-(\d+)"/.exec(bodyText)?.[1]);
    calls.set(id, (calls.get(id) ?? 0) + 1);
    return { kind: 'slow', delayMs: delayOf(id), answer: answerTo(id, calls.get(id) ?? 0) };
  });
  const harness = await startHarness({ seed, setUp: setUpOf(customGroup(`${standIn.url}?code=x`)) });
  for (const round of [0, 1]) {
    await Promise.all(order.map((id) => register(harness, { id, payload: { id, round } })));
    // Polls and look-ups come as they please and leave no mark.
    await Promise.all(order.slice(0, round * 10 + 5).map((id) => lookup(harness, { id })));
    await harness.clock.advance(500_000);
  }
  expect(harness.bugs).toEqual([]);
  return harness;
}

describe('the event trace', () => {
  it('is the same for the same seed, whatever the real order, delays and ports', async () => {
    const forward = await run('seed', IDS, () => 0);
    const backward = await run('seed', [...IDS].reverse(), (id) => (id * 7) % 5);
    expect(trace(backward)).toBe(trace(forward));
    expect(traceOf(forward.journal.timelines()).map(({ registrationId }) => registrationId)).toEqual([...IDS].sort());
    expect(trace(forward)).not.toMatch(/127\.0\.0\.1:\d/);
  });

  it('is another one for another seed', async () => {
    const [one, other] = [await run('one', IDS, () => 0), await run('other', IDS, () => 0)];
    expect(trace(other)).not.toBe(trace(one));
  });

  it('holds kind, instant, status, error code, hub, twin, payload, request and answer', async () => {
    const initialTwin = { tags: { a: 1 } };
    const body = { iotHubHostName: HUB_A, initialTwin, payload: { b: 2 } };
    const standIn = await webhook([
      { kind: 'status', status: 500 },
      { kind: 'json', body },
    ]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await provision(harness, { payload: { c: 3 } });
    const [{ events } = { events: [] }] = traceOf(harness.journal.timelines());
    expect(events.map(({ kind }) => kind)).toEqual([
      'register-received',
      'authenticated',
      'operation-opened',
      'webhook-attempt',
      'retry-scheduled',
      'webhook-attempt',
      'concluded',
    ]);
    const startMs = Date.UTC(2026, 0, 1);
    expect(events.map(({ atMs }) => Number(atMs) - startMs)).toEqual([0, 0, 0, 0, 0, 1000, 1000]);
    expect(events[0]).toMatchObject({ payload: { c: 3 } });
    expect(events[3]).toMatchObject({ attempt: 1, status: 500, request: { linkedHubs: [HUB_A, HUB_B] } });
    expect(events[5]).toMatchObject({ attempt: 2, status: 200, response: JSON.stringify(body) });
    expect(events[6]).toMatchObject({ status: 'assigned', hub: HUB_A, twin: initialTwin, payload: { b: 2 } });
    expect(JSON.stringify(events)).not.toMatch(/durationMs|transport|sequence/);
  });

  it('tells a failure without the port that it happened on', async () => {
    const failed = async (): Promise<Harness> => {
      const url = `http://127.0.0.1:${await closedPort()}/`;
      const harness = await startHarness({ setUp: setUpOf(customGroup(url)), assume: { 'webhook-refused': 'fail' } });
      await provision(harness);
      return harness;
    };
    const [one, other] = [await failed(), await failed()];
    expect(trace(other)).toBe(trace(one));
    expect(trace(one)).toContain('"failure": "refused"');
    expect(trace(one)).toContain('"errorCode": 400207');
  });

  it('holds refused registers with their reason, and no other refusal', async () => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    const wrong = { key: Buffer.alloc(32, 5).toString('base64') };
    await register(harness, wrong);
    await poll(harness, 'x', wrong);
    await lookup(harness, wrong);
    expect(traceOf(harness.journal.timelines())).toEqual([
      {
        idScope: '0ne00000001',
        registrationId: 'device-1',
        events: [{ kind: 'refused', atMs: Date.UTC(2026, 0, 1), reason: 'wrong-key', errorCode: 401002 }],
      },
    ]);
  });

  it('does not notice how often a device polls', async () => {
    const polled = async (times: number): Promise<string> => {
      const harness = await startHarness({ setUp: setUpOf({}) });
      const operationId = operationIdOf(await register(harness));
      await harness.clock.untilSleeping(0);
      for (let time = 0; time < times; time += 1) await poll(harness, operationId);
      return trace(harness);
    };
    expect(await polled(9)).toBe(await polled(1));
  });
});
