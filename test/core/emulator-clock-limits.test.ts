import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ControllableClock } from '../../emulator/core/clock/clock.ts';
import { createClock } from '../../emulator/core/clock/emulator-clock.ts';
import type { ClockMode } from '../../emulator/wire/control-api.ts';
import { climbLadder, manualClock, realWork, sleepOnce } from './clock-helpers.ts';
import { handDrivenTime } from './hand-driven-time.ts';

describe('limits', () => {
  it('rejects an advance that does not settle, names what is open, and can go on later', async () => {
    const time = handDrivenTime();
    const clock = manualClock({ realTime: time, settleLimitMs: 60_000 });
    const log: string[] = [];
    void sleepOnce(clock, log, 'lamp', 1_000);
    let finish = (): void => undefined;
    const stuck = clock.task('stuck toaster', async (task) => {
      await task.sleep(400, 'a nap');
      const release = clock.hold('webhook call');
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      release();
    });
    const outcome = expect(clock.advance(2_000)).rejects.toThrow(
      'advance(2000) did not settle within 60000 ms of real time; ' +
        'open: stuck toaster, webhook call; asleep: lamp ("a nap", due in 600 ms)',
    );
    await clockReaches(clock, 400);
    await time.elapse(60_000);
    await outcome;
    expect([clock.now(), log]).toEqual([400, []]);
    finish();
    await stuck;
    await clock.advance(600);
    expect(log).toEqual(['lamp 1000']);
    expect(time.armedMs()).toEqual([]);
  });

  it('waits as long as it takes within the limit', async () => {
    const time = handDrivenTime();
    const clock = manualClock({ realTime: time, settleLimitMs: 60_000 });
    const release = clock.hold('slow webhook');
    const advance = clock.advance(1);
    await time.elapse(59_999);
    release();
    expect((await advance).toMs).toBe(1);
  });

  it('rejects an advance with too many wake-ups and names who sleeps', async () => {
    const clock = manualClock({ wakeLimit: 10 });
    const stop = new AbortController();
    const loop = clock.task('spinner', async (task) => {
      for (;;) await task.sleep(0, 'spin', stop.signal);
    });
    await expect(clock.advance(1)).rejects.toThrow(/woke 10 sleepers.*spinner \("spin", due in 0 ms\)/);
    stop.abort();
    await expect(loop).rejects.toThrow(/aborted/);
  });

  it('allows exactly as many wake-ups as the limit', async () => {
    const clock = manualClock({ wakeLimit: 10 });
    const ladder = climbLadder(clock);
    expect((await clock.advance(415_000)).woken).toBe(10);
    await ladder;
  });

  it('resolves untilSleeping when so many sleep and nothing runs', async () => {
    const clock = manualClock();
    const log: string[] = [];
    const both = clock.untilSleeping(2).then(() => log.push('two sleep'));
    void sleepOnce(clock, log, 'a', 1);
    await realWork();
    expect(log).toEqual([]);
    const release = clock.hold('busy');
    void sleepOnce(clock, log, 'b', 2);
    await realWork();
    expect(log).toEqual([]);
    release();
    await both;
    await clock.untilSleeping(0);
    expect(log).toEqual(['two sleep']);
  });

  it('rejects untilSleeping after the limit and says who sleeps and what is open', async () => {
    const time = handDrivenTime();
    const clock = manualClock({ realTime: time, settleLimitMs: 500 });
    void sleepOnce(clock, [], 'lamp', 7);
    clock.hold('webhook call');
    const outcome = expect(clock.untilSleeping(2)).rejects.toThrow(
      'untilSleeping(2) was not met within 500 ms of real time; open: webhook call; asleep: lamp ("a nap", due in 7 ms)',
    );
    await time.elapse(500);
    await outcome;
  });
});

describe('abort and stop', () => {
  it('removes an aborted sleeper at once and rejects with AbortError, the reason as its cause', async () => {
    const clock = manualClock();
    const controller = new AbortController();
    const nap = clock.task('toaster', (task) => task.sleep(10, 'a nap', controller.signal));
    const outcome = expect(nap).rejects.toMatchObject({ name: 'AbortError', cause: 'superseded' });
    expect(clock.pending()).toHaveLength(1);
    controller.abort('superseded');
    expect(clock.pending()).toEqual([]);
    await outcome;
    expect((await clock.advance(20)).woken).toBe(0);
  });

  it('keeps time still while a task deals with the abort of its sleep', async () => {
    const clock = manualClock();
    const controller = new AbortController();
    const instants: number[] = [];
    void clock.task('toaster', async (task) => {
      await task.sleep(10, 'a nap', controller.signal).catch(() => undefined);
      await realWork();
      instants.push(clock.now());
    });
    const advance = clock.advance(5);
    controller.abort();
    await advance;
    expect(instants).toEqual([0]);
  });

  it('rejects at once when the signal has fired already', async () => {
    const clock = manualClock();
    const nap = clock.task('toaster', (task) => task.sleep(10, 'a nap', AbortSignal.abort()));
    expect(clock.pending()).toEqual([]);
    await expect(nap).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('leaves no listener on a signal that 10,000 sleeps have used', async () => {
    const clock = manualClock();
    const { signal } = new AbortController();
    const loop = clock.task('toaster', async (task) => {
      for (let nap = 0; nap < 10_000; nap += 1) {
        await task.sleep(1, 'a nap', signal);
        if (getEventListeners(signal, 'abort').length > 0) throw new Error('a listener stayed');
      }
    });
    expect((await clock.advance(10_000)).woken).toBe(10_000);
    await loop;
  });

  it.each<ClockMode>([
    'system',
    'scaled',
    'manual',
    'skip',
  ])('ends every sleep and timer on stop, in %s mode', async (mode) => {
    const time = handDrivenTime();
    const clock = createClock({ mode, factor: 2, realTime: time });
    const naps = [1, 2].map((ms) => clock.task(`lamp ${ms}`, (task) => task.sleep(ms, 'a nap')));
    const outcomes = Promise.all(naps.map((nap) => expect(nap).rejects.toMatchObject({ name: 'AbortError' })));
    clock.stop();
    expect(clock.pending()).toEqual([]);
    await outcomes;
    expect([time.armedMs(), clock.openHolds()]).toEqual([[], []]);
    await expect(clock.task('late', (task) => task.sleep(1, 'too late'))).rejects.toMatchObject({
      name: 'AbortError',
    });
    clock.stop();
  });

  it('rejects what waits on the clock when it stops, and what comes later', async () => {
    const time = handDrivenTime();
    const clock = manualClock({ realTime: time });
    const release = clock.hold('webhook call');
    const waiting = [clock.advance(1), clock.next(), clock.untilSleeping(1)];
    const outcomes = Promise.all(waiting.map((one) => expect(one).rejects.toMatchObject({ name: 'AbortError' })));
    await turn();
    clock.stop();
    await outcomes;
    release();
    await expect(clock.advance(1)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(clock.untilSleeping(0)).rejects.toMatchObject({ name: 'AbortError' });
    expect([clock.now(), time.armedMs()]).toEqual([0, []]);
  });
});

async function clockReaches(clock: ControllableClock, ms: number): Promise<void> {
  while (clock.now() < ms) await turn();
}
