import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RealTime } from '../../emulator/core/clock/clock.ts';
import { createClock } from '../../emulator/core/clock/emulator-clock.ts';
import { realTime } from '../../emulator/real-time.ts';
import type { ClockMode } from '../../emulator/wire/control-api.ts';
import { climbLadder, ladderInstantsSeconds, sleepOnce } from './clock-helpers.ts';
import { handDrivenTime } from './hand-driven-time.ts';

const wallMs = Date.UTC(2026, 10, 1);

describe('system and scaled mode', () => {
  it.each([
    { mode: 'system', factor: undefined, startMs: undefined, expectedMs: wallMs + 1_500 },
    { mode: 'system', factor: undefined, startMs: 0, expectedMs: 1_500 },
    { mode: 'scaled', factor: 60, startMs: undefined, expectedMs: wallMs + 90_000 },
    { mode: 'scaled', factor: 0.5, startMs: 10, expectedMs: 760 },
    { mode: 'scaled', factor: 0.3333, startMs: 0, expectedMs: 499 },
  ] as const)('in $mode mode, factor $factor, start $startMs, is at $expectedMs after 1.5 s', async (row) => {
    const time = handDrivenTime(wallMs);
    const clock = createClock({ mode: row.mode, factor: row.factor, startMs: row.startMs, realTime: time });
    await time.elapse(1_500);
    expect(clock.now()).toBe(row.expectedMs);
    expect(clock.factor).toBe(row.factor ?? 1);
  });

  it('arms one real timer, for the earliest sleeper, divided by the factor', async () => {
    const time = handDrivenTime();
    const clock = createClock({ mode: 'scaled', factor: 10, realTime: time });
    const log: string[] = [];
    const armed: (readonly number[])[] = [time.armedMs()];
    for (const [who, ms] of [
      ['b', 2_000],
      ['c', 3_000],
      ['a', 1_000],
    ] as const) {
      void sleepOnce(clock, log, who, ms);
      armed.push(time.armedMs());
    }
    expect(armed).toEqual([[], [200], [200], [100]]);
    await time.elapse(99);
    expect(log).toEqual([]);
    await time.elapse(1);
    expect([log, time.armedMs()]).toEqual([['a 1000'], [100]]);
    await time.elapse(200);
    expect([log, time.armedMs()]).toEqual([['a 1000', 'b 2000', 'c 3000'], []]);
  });

  it('rounds the real wait up, so that nobody wakes early', async () => {
    const time = handDrivenTime();
    const clock = createClock({ mode: 'scaled', factor: 3, realTime: time });
    const log: string[] = [];
    void sleepOnce(clock, log, 'a', 1_000);
    expect(time.armedMs()).toEqual([334]);
    await time.elapse(334);
    expect(log).toEqual(['a 1002']);
  });

  it('forgets the timer of a sleeper that was aborted', () => {
    const time = handDrivenTime();
    const clock = createClock({ mode: 'system', realTime: time });
    const controller = new AbortController();
    void sleepOnce(clock, [], 'b', 500);
    void clock.task('a', (task) => task.sleep(100, 'a nap', controller.signal)).catch(() => undefined);
    expect(time.armedMs()).toEqual([100]);
    controller.abort();
    expect(time.armedMs()).toEqual([500]);
  });

  it('waits on when a timer rings before its instant on the wall clock', async () => {
    const time = handDrivenTime(1_000);
    const clock = createClock({ mode: 'system', realTime: time });
    const log: string[] = [];
    void sleepOnce(clock, log, 'a', 100);
    time.shiftWall(-2);
    await time.elapse(100);
    expect([log, clock.now(), time.armedMs()]).toEqual([[], 1_098, [2]]);
    await time.elapse(2);
    expect(log).toEqual(['a 1100']);
  });

  it('wakes all that fell due while the process slept, in order', async () => {
    const time = handDrivenTime();
    const clock = createClock({ mode: 'system', realTime: time });
    const log: string[] = [];
    void sleepOnce(clock, log, 'b', 20);
    void sleepOnce(clock, log, 'a', 10);
    time.shiftWall(1_000);
    await time.elapse(10);
    expect(log).toEqual(['a 1010', 'b 1010']);
  });

  it('sleeps on genuine timers too', async () => {
    const clock = createClock({ mode: 'scaled', factor: 1_000, realTime });
    const fromMs = clock.now();
    const sleptMs = await clock.task('lamp', async (task) => {
      await task.sleep(5_000, 'a nap');
      return clock.now() - fromMs;
    });
    expect(sleptMs).toBeGreaterThanOrEqual(5_000);
    expect(clock.pending()).toEqual([]);
  });

  it.each([undefined, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])('is not made with a factor of %s', (factor) => {
    expect(() => createClock({ mode: 'scaled', factor, realTime })).toThrow(/needs a factor above 0/);
  });

  it.each<ClockMode>([
    'system',
    'scaled',
    'skip',
  ])('refuses advance and next in %s mode and says what to do', async (mode) => {
    const clock = createClock({ mode, factor: 2, realTime });
    const message = `needs the clock in "manual" mode and it is in "${mode}"; call setMode('manual') first`;
    await expect(clock.advance(1)).rejects.toThrow(message);
    await expect(clock.next()).rejects.toThrow(message);
  });
});

describe('a change of mode', () => {
  it('goes on from the same instant, and every sleeper keeps its due instant', async () => {
    const time = handDrivenTime(1_000);
    const clock = createClock({ mode: 'system', realTime: time });
    const log: string[] = [];
    for (const [who, ms] of [
      ['a', 1_000],
      ['b', 10_000],
      ['c', 20_000],
    ] as const)
      void sleepOnce(clock, log, who, ms);
    await time.elapse(500);

    clock.setMode('manual');
    expect([clock.now(), time.armedMs()]).toEqual([1_500, []]);
    await time.elapse(9_000);
    expect([clock.now(), log]).toEqual([1_500, []]);
    await clock.advance(500);
    expect(log).toEqual(['a 2000']);

    clock.setMode('scaled', 100);
    expect([clock.now(), clock.mode, clock.factor, time.armedMs()]).toEqual([2_000, 'scaled', 100, [90]]);
    await time.elapse(90);
    expect(log).toEqual(['a 2000', 'b 11000']);

    clock.setMode('scaled', 1_000);
    expect([clock.now(), time.armedMs()]).toEqual([11_000, [10]]);

    clock.setMode('skip');
    expect([clock.now(), clock.factor]).toEqual([11_000, 1]);
    await clock.untilSleeping(0);
    await time.elapse(0);
    expect(log).toEqual(['a 2000', 'b 11000', 'c 21000']);

    clock.setMode('scaled');
    expect(clock.factor).toBe(1_000);
  });

  it('leaves everything as it was when it is refused', () => {
    const clock = createClock({ mode: 'manual', startMs: 5, realTime });
    expect(() => clock.setMode('scaled')).toThrow(RangeError);
    expect([clock.mode, clock.now(), clock.factor]).toEqual(['manual', 5, 1]);
  });

  it('rejects the advance that is under way', async () => {
    const clock = createClock({ mode: 'manual', startMs: 0, realTime: handDrivenTime() });
    const release = clock.hold('webhook call');
    const outcome = expect(clock.advance(1_000)).rejects.toThrow(/advance\(1000\) needs the clock in "manual" mode/);
    await turn();
    clock.setMode('system');
    release();
    await outcome;
    expect(clock.now()).toBe(0);
  });

  it('wakes in manual mode a sleeper that was overdue, without turning time back', async () => {
    const time = handDrivenTime();
    const clock = createClock({ mode: 'system', realTime: time });
    const log: string[] = [];
    void sleepOnce(clock, log, 'a', 10);
    time.shiftWall(25);
    clock.setMode('manual');
    expect(await clock.advance(0)).toEqual({ fromMs: 25, toMs: 25, woken: 1 });
    expect(log).toEqual(['a 25']);
  });
});

describe('skip mode', () => {
  it('plays the retry ladder by itself at its exact instants, without a single real timer', async () => {
    const armed: number[] = [];
    const after: RealTime['after'] = (ms, callback) => {
      if (ms > 0) armed.push(ms);
      return realTime.after(ms, callback);
    };
    const clock = createClock({ mode: 'skip', startMs: 0, realTime: { ...realTime, after } });
    expect(await climbLadder(clock)).toEqual(ladderInstantsSeconds);
    expect(armed).toEqual([]);
    expect(clock.now()).toBe(415_000);
  });

  it('stands still while a hold is open or a task runs', async () => {
    const clock = createClock({ mode: 'skip', startMs: 0, realTime });
    const log: string[] = [];
    const release = clock.hold('webhook call');
    const naps = [sleepOnce(clock, log, 'a', 10), sleepOnce(clock, log, 'b', 20)];
    const echoed = clock.task('device', () => echo(log));
    release();
    await echoed;
    expect(log).toEqual(['echo']);
    await Promise.all(naps);
    expect(log).toEqual(['echo', 'a 10', 'b 20']);
  });

  it('serves sockets however many sleepers it wakes in a row', async () => {
    const clock = createClock({ mode: 'skip', startMs: 0, realTime });
    const log: string[] = [];
    const device = echo(log);
    await clock.task('spinner', async (task) => {
      while (log.length === 0) await task.sleep(1, 'spin');
    });
    await device;
    expect(log).toEqual(['echo']);
  });

  it('goes on through branches of one task that sleep side by side', async () => {
    const clock = createClock({ mode: 'skip', startMs: 0, realTime });
    await clock.task('both', (task) => Promise.all([task.sleep(10, 'one'), task.sleep(20, 'other')]));
    expect(clock.now()).toBe(20);
  });

  it('serves untilSleeping before it jumps', async () => {
    const clock = createClock({ mode: 'skip', startMs: 0, realTime });
    const log: string[] = [];
    const waiting = clock.untilSleeping(2).then(() => log.push(`two sleep ${clock.now()}`));
    await Promise.all([sleepOnce(clock, log, 'a', 10), sleepOnce(clock, log, 'b', 20), waiting]);
    expect(log).toEqual(['two sleep 0', 'a 10', 'b 20']);
  });
});

/** One round trip over a real socket. */
async function echo(log: string[]): Promise<void> {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = connect(address.port, '127.0.0.1');
  socket.write('echo');
  const [answer] = await once(socket, 'data');
  log.push(String(answer));
  socket.end();
  server.close();
}
