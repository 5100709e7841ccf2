import { describe, expect, it } from 'vitest';
import { call } from './support/call.ts';
import { BUSY, DEVICE, lentContosoForTests, register } from './support/contoso.ts';

const start = lentContosoForTests();
const START_MS = Date.parse('2026-01-01T00:00:00Z');

/** Seconds at which the webhook is called while it is busy. */
const LADDER = [0, 1, 11, 30, 58, 95, 141, 196, 260, 333, 415];

describe('GET /clock', () => {
  it('shows mode, factor, instant, sleepers and open holds', async () => {
    const { emulator, control } = await start([BUSY]);
    await register(emulator, DEVICE);
    const release = emulator.clock.hold('a test');
    const sleeper = {
      who: `registration ${DEVICE}`,
      why: expect.stringMatching(/retry 1 .*429/),
      due: '2026-01-01T00:00:01.000Z',
      dueMs: START_MS + 1000,
      inMs: 1000,
    };
    const rest = { now: '2026-01-01T00:00:00.000Z', nowMs: START_MS, pending: [sleeper], openHolds: ['a test'] };
    expect((await call(control, '/clock')).json).toEqual({ mode: 'manual', factor: 1, ...rest });
    expect((await call(control, '/clock/pending')).json).toEqual(rest);
    release();
  });
});

describe('POST /clock/advance', () => {
  it('plays the whole retry ladder in one call and answers when all has settled', async () => {
    const { emulator, control, webhook } = await start([BUSY]);
    await register(emulator, DEVICE);
    const answer = await call(control, '/clock/advance', { body: { seconds: 415 } });
    expect(answer.json).toEqual({
      from: '2026-01-01T00:00:00.000Z',
      fromMs: START_MS,
      to: '2026-01-01T00:06:55.000Z',
      toMs: START_MS + 415_000,
      woken: 10,
    });
    expect(webhook.count()).toBe(LADDER.length);
    expect((await call(control, '/clock')).json).toMatchObject({ nowMs: START_MS + 415_000, pending: [] });
    const attempts = (emulator.journal.timelines()[0]?.entries ?? []).filter(
      ({ event }) => event.kind === 'webhook-attempt',
    );
    expect(attempts.map(({ atMs }) => (atMs - START_MS) / 1000)).toEqual(LADDER);
  });

  it('takes milliseconds too', async () => {
    const { control } = await start();
    expect((await call(control, '/clock/advance', { body: { ms: 1500 } })).json).toMatchObject({
      toMs: START_MS + 1500,
      woken: 0,
    });
  });

  it.each([
    [{}, ''],
    [{ ms: 1, seconds: 1 }, ''],
    [{ ms: -1 }, 'ms'],
    [{ seconds: '5' }, 'seconds'],
    [{ ms: null }, 'ms'],
  ])('refuses %j and stays where it is', async (body, path) => {
    const { emulator, control } = await start();
    const answer = await call(control, '/clock/advance', { body });
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid', faults: [{ path }] } } });
    expect(emulator.clock.now()).toBe(START_MS);
  });

  it.each(['1e308', '9e15', '1e400'])('refuses %s milliseconds: there is no such date', async (ms) => {
    const { emulator, control } = await start();
    const answer = await call(control, '/clock/advance', { body: `{"ms":${ms}}` });
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid' } } });
    expect(emulator.clock.now()).toBe(START_MS);
  });

  it('answers 409 with what was running when the mode is changed under it', async () => {
    const { emulator, control } = await start();
    const release = emulator.clock.hold('a webhook that hangs');
    const advancing = call(control, '/clock/advance', { body: { ms: 1 } });
    // Any later call is answered while the advance waits for the hold.
    await call(control, '/health');
    await call(control, '/clock/mode', { body: { mode: 'skip' } });
    release();
    expect(await advancing).toMatchObject({
      status: 409,
      json: {
        error: {
          code: expect.stringMatching(/clock-not-settled|wrong-clock-mode/),
          message: expect.stringContaining('skip'),
        },
      },
    });
  });
});

describe('POST /clock/next', () => {
  it('goes to the next sleeper, one at a time, and stays when nothing sleeps', async () => {
    const { emulator, control } = await start([BUSY]);
    expect((await call(control, '/clock/next', { method: 'POST' })).json).toMatchObject({ toMs: START_MS, woken: 0 });
    await register(emulator, DEVICE);
    for (const seconds of LADDER.slice(1)) {
      const { json } = await call(control, '/clock/next', { method: 'POST' });
      expect(json).toMatchObject({ toMs: START_MS + seconds * 1000, woken: 1 });
    }
    expect(emulator.clock.pending()).toEqual([]);
  });
});

describe('POST /clock/mode', () => {
  it('changes mode and factor and answers the state', async () => {
    const { emulator, control } = await start();
    const answer = await call(control, '/clock/mode', { body: { mode: 'scaled', factor: 30 } });
    expect(answer).toMatchObject({ status: 200, json: { mode: 'scaled', factor: 30 } });
    expect(emulator.clock).toMatchObject({ mode: 'scaled', factor: 30 });
  });

  it.each([
    [{}, 'mode'],
    [{ mode: 'fast' }, 'mode'],
    [{ mode: 3 }, 'mode'],
    [{ mode: 'scaled', factor: 0 }, 'factor'],
    [{ mode: 'scaled', factor: -1 }, 'factor'],
    [{ mode: 'scaled', factor: 1e9 }, 'factor'],
    [{ mode: 'scaled', factor: '60' }, 'factor'],
    [{ mode: 'manual', factor: 2 }, 'factor'],
  ])('refuses %j and keeps its mode', async (body, path) => {
    const { emulator, control } = await start();
    const answer = await call(control, '/clock/mode', { body });
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid', faults: [{ path }] } } });
    expect(emulator.clock.mode).toBe('manual');
  });

  it.each([
    'system',
    'scaled',
    'skip',
  ] as const)('%s mode: advance and next answer 409 with the next step', async (clock) => {
    const { control } = await start(undefined, { clock });
    const expected = {
      status: 409,
      json: {
        error: { code: 'wrong-clock-mode', message: expect.stringContaining('POST /clock/mode {"mode":"manual"}') },
      },
    };
    expect(await call(control, '/clock/advance', { body: { ms: 1 } })).toMatchObject(expected);
    expect(await call(control, '/clock/next', { method: 'POST' })).toMatchObject(expected);
  });
});
