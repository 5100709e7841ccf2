import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Answer, startStandIn } from '../../webhook/stand-in/index.ts';
import {
  callInstants,
  customGroup,
  DEVICE,
  eventsOf,
  type Harness,
  type HarnessOptions,
  HUB_A,
  operationIdOf,
  poll,
  provision,
  register,
  START_MS,
  setUpOf,
  startHarness,
  untilConcluded,
  webhook,
} from '../core/service-harness.ts';
import { holdTimeouts } from '../support/held-timeouts.ts';

const LADDER_SECONDS = [0, 1, 11, 30, 58, 95, 141, 196, 260, 333, 415];
const GOOD: Answer = { kind: 'json', body: { iotHubHostName: HUB_A } };
const status = (code: number): Answer => ({ kind: 'status', status: code });

async function harnessFor(url: string, options: HarnessOptions = {}): Promise<Harness> {
  return startHarness({ setUp: setUpOf(customGroup(url)), ...options });
}

describe('the ladder of retries [dps-service-behaviour §1.7]', () => {
  it('is eleven calls at 0 1 11 30 58 95 141 196 260 333 415 s in one advance of a manual clock', async () => {
    const standIn = await webhook([status(500)]);
    const harness = await harnessFor(standIn.url);
    const operationId = operationIdOf(await register(harness));
    expect(await harness.clock.advance(415_000)).toEqual({
      fromMs: START_MS,
      toMs: START_MS + 415_000,
      woken: 10,
    });
    expect(callInstants(harness)).toEqual(LADDER_SECONDS);
    expect(standIn.count()).toBe(11);
    expect(await poll(harness, operationId)).toMatchObject({
      status: 200,
      body: {
        status: 'failed',
        registrationState: { errorCode: 400207, errorMessage: 'Custom allocation failed with status code: 500' },
      },
    });
  });

  it('is over one millisecond later and not one earlier', async () => {
    const standIn = await webhook([status(429)]);
    const harness = await harnessFor(standIn.url);
    const operationId = operationIdOf(await register(harness));
    await harness.clock.advance(414_999);
    expect(standIn.count()).toBe(10);
    expect(await poll(harness, operationId)).toMatchObject({ status: 202, retryAfterSeconds: 3 });
    expect(harness.clock.pending()).toEqual([
      {
        who: `registration ${DEVICE}`,
        why: 'retry 10 of the webhook after status 429',
        dueMs: START_MS + 415_000,
      },
    ]);
    await harness.clock.advance(1);
    expect((await poll(harness, operationId)).status).toBe(200);
    expect(harness.clock.pending()).toEqual([]);
  });

  it('plays by itself when the clock skips, without waiting', async () => {
    const standIn = await webhook([status(503)]);
    const harness = await harnessFor(standIn.url, { clock: 'skip' });
    await register(harness);
    await expect.poll(() => eventsOf(harness, 'concluded').length).toBe(1);
    expect(callInstants(harness)).toEqual(LADDER_SECONDS);
    expect(harness.clock.now()).toBe(START_MS + 415_000);
  });

  it('ends at the first answer that is none to retry', async () => {
    const standIn = await webhook([status(429), status(500), status(599), GOOD, status(500)]);
    const harness = await harnessFor(standIn.url);
    expect(await provision(harness)).toMatchObject({ status: 'assigned', registrationState: { assignedHub: HUB_A } });
    expect(callInstants(harness)).toEqual([0, 1, 11, 30]);
    expect(harness.clock.pending()).toEqual([]);
  });

  it.each<readonly [string, Answer, number]>([
    ['401', status(401), 400209],
    ['400', status(400), 400207],
    ['an empty hub', { kind: 'json', body: { iotHubHostName: '' } }, 400208],
  ])('also at %s', async (_title, answer, errorCode) => {
    const standIn = await webhook([status(500), answer]);
    const harness = await harnessFor(standIn.url);
    expect((await provision(harness)).registrationState).toMatchObject({ status: 'failed', errorCode });
    expect(callInstants(harness)).toEqual([0, 1]);
  });

  it('sends the same body each time, as it was when the device registered', async () => {
    const standIn = await webhook([status(500), status(500), GOOD]);
    const harness = await harnessFor(standIn.url);
    const operationId = operationIdOf(await register(harness, { payload: { a: 1 } }));
    await harness.seed(setUpOf(customGroup(standIn.url, { initialTwin: { tags: { later: true } } })));
    await untilConcluded(harness, operationId);
    expect(new Set(standIn.requests.map(({ bodyText }) => bodyText)).size).toBe(1);
  });

  it('changes its reason from call to call and tells the last one', async () => {
    const standIn = await webhook((_request, index) => (index < 10 ? status(429 + index) : status(503)));
    const harness = await harnessFor(standIn.url);
    const { registrationState } = await provision(harness);
    expect(registrationState?.errorMessage).toBe('Custom allocation failed with status code: 503');
    expect(eventsOf(harness, 'retry-scheduled').map(({ because }) => because)).toEqual(
      Array.from({ length: 10 }, (_, index) => `status ${429 + index}`),
    );
  });

  it('is journaled call by call: request, answer, duration, and when it goes on', async () => {
    const standIn = await webhook([{ kind: 'text', status: 500, text: 'oops' }, GOOD]);
    const harness = await harnessFor(`${standIn.url}?code=SECRET`);
    await provision(harness, { payload: { a: 1 } });
    const [first, second] = eventsOf(harness, 'webhook-attempt');
    expect(first).toMatchObject({
      attempt: 1,
      url: `${standIn.url}?****`,
      request: standIn.requests[0]?.json(),
      status: 500,
      response: 'oops',
    });
    expect(second).toMatchObject({ attempt: 2, status: 200, response: JSON.stringify({ iotHubHostName: HUB_A }) });
    expect(first?.durationMs).toBeGreaterThan(0);
    expect(eventsOf(harness, 'retry-scheduled')).toEqual([
      { kind: 'retry-scheduled', attempt: 1, afterMs: 1_000, because: 'status 500' },
    ]);
  });

  it('of many devices at once: each has its own instants', async () => {
    const standIn = await webhook((request) => {
      const { deviceRuntimeContext } = request.json() as { deviceRuntimeContext: { registrationId: string } };
      const calls = standIn.requests.filter(({ bodyText }) => bodyText === request.bodyText).length;
      const limit = Number(deviceRuntimeContext.registrationId.slice(2));
      return calls > limit ? GOOD : status(500);
    });
    const harness = await harnessFor(standIn.url);
    const ids = Array.from({ length: 12 }, (_, index) => `d-${index}`);
    for (const [index, id] of ids.entries()) {
      await register(harness, { id });
      if (index === 5) await harness.clock.advance(500);
    }
    await harness.clock.advance(500_000);
    for (const [index, id] of ids.entries()) {
      const start = index > 5 ? 0.5 : 0;
      const expected = LADDER_SECONDS.slice(0, index + 1).map((second) => second + start);
      expect(callInstants(harness, { id }), id).toEqual(expected);
      const status_ = (await harness.ports.registrations.get('0ne00000001', id))?.status;
      expect(status_, id).toBe(index < 11 ? 'assigned' : 'failed');
    }
  });
});

describe('calls that come to nothing', () => {
  const failing = [
    ['dropped', { kind: 'drop' }, 'the webhook dropped the connection.'],
    ['garbage', { kind: 'garbage' }, 'the webhook did not answer with HTTP.'],
  ] as const;

  it.each(failing)('%s: retried like a status, then failed', async (failure, answer, message) => {
    const standIn = await webhook([answer]);
    const harness = await harnessFor(standIn.url);
    expect((await provision(harness)).registrationState).toMatchObject({
      errorCode: 400207,
      errorMessage: `Custom allocation failed: ${message}`,
    });
    expect(callInstants(harness)).toEqual(LADDER_SECONDS);
    expect(new Set(eventsOf(harness, 'webhook-attempt').map((event) => event.failure))).toEqual(new Set([failure]));
  });

  it.each(['manual', 'skip'] as const)('a time-out costs its whole length on a %s clock', async (mode) => {
    const letPass = holdTimeouts();
    const answers = [{ kind: 'hang' }, { kind: 'hang-after-headers' }, status(500), GOOD] as const;
    const standIn = await webhook((_request, index) => {
      if (index < 2) letPass(400);
      return answers[index] ?? GOOD;
    });
    const harness = await harnessFor(standIn.url, { clock: mode, webhookRealTimeoutMs: 400 });
    const operationId = operationIdOf(await register(harness));
    if (mode === 'manual') await harness.clock.advance(100_000);
    await expect.poll(() => eventsOf(harness, 'concluded').length).toBe(1);
    // 30 s for each of the two that hang, and the waits of 1, 10 and 19 s.
    expect(callInstants(harness)).toEqual([0, 31, 71, 90]);
    expect(await poll(harness, operationId)).toMatchObject({ body: { status: 'assigned' } });
  });

  it('a time-out is charged even when nothing follows it', async () => {
    const standIn = await webhook([{ kind: 'hang' }]);
    const harness = await harnessFor(standIn.url, {
      assume: { 'webhook-timeout': 'fail' },
      webhookRealTimeoutMs: 20,
    });
    const { registrationState } = await provision(harness);
    expect(registrationState?.errorMessage).toBe('Custom allocation failed: the webhook did not answer in time.');
    expect(harness.clock.now() - START_MS).toBe(30_000);
  });

  it('is told with the reason that only the user of the emulator sees', async () => {
    const standIn = await webhook([GOOD]);
    await standIn.stop();
    const harness = await harnessFor(standIn.url, { assume: { 'webhook-refused': 'fail' } });
    const { registrationState } = await provision(harness);
    expect(registrationState?.errorMessage).toBe('Custom allocation failed: the webhook refused the connection.');
    expect(eventsOf(harness, 'concluded')[0]?.reason).toContain(`ECONNREFUSED 127.0.0.1:${standIn.port}`);
    expect(registrationState?.errorMessage).not.toContain(String(standIn.port));
  });
});

describe('while the webhook is being called', () => {
  it('virtual time stands still, however long it takes, and says who holds it', async () => {
    const standIn = await webhook([{ kind: 'slow', delayMs: 60, answer: GOOD }]);
    const harness = await harnessFor(standIn.url);
    const operationId = operationIdOf(await register(harness));
    const advanced = harness.clock.advance(1_000);
    await standIn.untilCalled(1);
    for (let count = 0; count < 50; count += 1) await turn();
    expect(harness.clock.now()).toBe(START_MS);
    expect(harness.clock.openHolds()).toEqual([`registration ${DEVICE}`]);
    await advanced;
    expect(callInstants(harness)).toEqual([0]);
    expect(await poll(harness, operationId)).toMatchObject({ body: { status: 'assigned' } });
  });

  it('the hold is open as soon as the device has its 202', async () => {
    const standIn = await webhook([{ kind: 'hang' }]);
    const harness = await harnessFor(standIn.url);
    await register(harness);
    expect(harness.clock.openHolds()).toEqual([`registration ${DEVICE}`]);
  });

  it('polls and other registers are answered', async () => {
    const standIn = await webhook((request) => (request.bodyText.includes('hanging') ? { kind: 'hang' } : GOOD));
    const harness = await harnessFor(standIn.url);
    const hanging = operationIdOf(await register(harness, { id: 'hanging' }));
    await standIn.untilCalled(1);
    expect((await poll(harness, hanging, { id: 'hanging' })).status).toBe(202);
    const other = operationIdOf(await register(harness, { id: 'other' }));
    await standIn.untilCalled(2);
    const state = async () => (await poll(harness, other, { id: 'other' })).status;
    await expect.poll(state).toBe(200);
    const again = operationIdOf(await register(harness, { id: 'hanging' }));
    expect(again).not.toBe(hanging);
    await standIn.untilCalled(3);
  });

  it('stopping ends the call, the sleep and the ladder, and reports no bug', async () => {
    const standIn = await startStandIn((_request, index) => (index === 0 ? { kind: 'hang' } : status(500)));
    const harness = await harnessFor(standIn.url);
    await register(harness, { id: 'in-a-call' });
    await standIn.untilCalled(1);
    await register(harness, { id: 'asleep' });
    await expect.poll(() => harness.clock.pending().length).toBe(1);
    await harness.stop();
    expect(harness.clock.openHolds()).toEqual([]);
    expect(harness.clock.pending()).toEqual([]);
    expect(harness.bugs).toEqual([]);
    expect(standIn.count()).toBe(2);
    await standIn.stop();
  });
});
