import { describe, expect, it } from 'vitest';
import { createClock } from '../../emulator/core/clock/emulator-clock.ts';
import { climbLadder, ladderInstantsSeconds, manualClock, realWork, sleepOnce } from './clock-helpers.ts';
import { handDrivenTime } from './hand-driven-time.ts';

describe('manual mode', () => {
  it('starts at startMs, or at the wall clock, and stands still', async () => {
    const time = handDrivenTime(5_000);
    const clocks = [manualClock({ realTime: time, startMs: 7 }), createClock({ mode: 'manual', realTime: time })];
    await time.elapse(1_000);
    expect(clocks.map((clock) => clock.now())).toEqual([7, 5_000]);
  });

  it('plays the whole retry ladder at its exact instants in one advance, with real work at every try', async () => {
    const clock = manualClock();
    const ladder = climbLadder(clock);
    expect(await clock.advance(415_000)).toEqual({ fromMs: 0, toMs: 415_000, woken: 10 });
    expect(await ladder).toEqual(ladderInstantsSeconds);
    expect(clock.now()).toBe(415_000);
  });

  it('does not wake the last try one millisecond early', async () => {
    const clock = manualClock();
    const ladder = climbLadder(clock);
    expect((await clock.advance(414_999)).woken).toBe(9);
    expect(clock.pending()).toEqual([{ who: 'ladder', why: 'next try', dueMs: 415_000 }]);
    expect((await clock.advance(1)).woken).toBe(1);
    expect(await ladder).toEqual(ladderInstantsSeconds);
  });

  it('wakes by due instant, and those due together in the order in which they lay down', async () => {
    const clock = manualClock();
    const log: string[] = [];
    for (const [who, ms] of [
      ['a', 30],
      ['b', 10],
      ['c', 30],
      ['d', 20],
      ['e', 10],
    ] as const) {
      void sleepOnce(clock, log, who, ms);
    }
    await clock.untilSleeping(5);
    expect(clock.pending().map(({ who }) => who)).toEqual(['b', 'e', 'd', 'a', 'c']);
    await clock.advance(30);
    expect(log).toEqual(['b 10', 'e 10', 'd 20', 'a 30', 'c 30']);
  });

  it('wakes one sleeper only when the work of the one before has ended', async () => {
    const clock = manualClock();
    const log: string[] = [];
    for (const who of ['a', 'b']) {
      void clock.task(who, async (task) => {
        await task.sleep(10, 'a nap');
        log.push(`${who} begins`);
        await realWork();
        log.push(`${who} ends`);
      });
    }
    await clock.advance(10);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('wakes in the same advance what is started inside the window', async () => {
    const clock = manualClock();
    const log: string[] = [];
    void clock.task('parent', async (task) => {
      await task.sleep(10, 'before the child');
      void sleepOnce(clock, log, 'child', 5);
      void sleepOnce(clock, log, 'late child', 91);
    });
    expect((await clock.advance(100)).woken).toBe(2);
    expect(log).toEqual(['child 15']);
    expect(clock.pending().map(({ dueMs }) => dueMs)).toEqual([101]);
  });

  it('lets a chain of continuations take a hold of its own before it goes on', async () => {
    const clock = manualClock();
    const log: string[] = [];
    void (async () => {
      await sleepOnce(clock, log, 'first', 10);
      for (let step = 0; step < 50; step += 1) await undefined;
      await sleepOnce(clock, log, 'second', 10);
    })();
    void sleepOnce(clock, log, 'bystander', 25);
    await clock.advance(100);
    expect(log).toEqual(['first 10', 'second 20', 'bystander 25']);
  });

  it('keeps time still while a hold is open, and releasing it twice releases no other', async () => {
    const clock = manualClock();
    const release = clock.hold('webhook call 1');
    const releaseOther = clock.hold('webhook call 2');
    let advanced = false;
    const advance = clock.advance(1_000).then(() => {
      advanced = true;
    });
    release();
    release();
    await realWork();
    expect([advanced, clock.now(), clock.openHolds()]).toEqual([false, 0, ['webhook call 2']]);
    releaseOther();
    await advance;
    expect([clock.now(), clock.openHolds()]).toEqual([1_000, []]);
  });

  it('does not go on when a hold is taken just after the call', async () => {
    const clock = manualClock();
    const advance = clock.advance(1_000);
    await undefined;
    const release = clock.hold('webhook call');
    await realWork();
    expect(clock.now()).toBe(0);
    release();
    await advance;
    expect(clock.now()).toBe(1_000);
  });

  it('names a running task among the holds, and not while it sleeps', async () => {
    const clock = manualClock();
    const seen: (readonly string[])[] = [];
    const nap = clock.task('toaster', async (task) => {
      seen.push(clock.openHolds());
      await task.sleep(5, 'a nap');
      seen.push(clock.openHolds());
    });
    seen.push(clock.openHolds());
    await clock.advance(5);
    await nap;
    seen.push(clock.openHolds());
    expect(seen).toEqual([['toaster'], [], ['toaster'], []]);
  });

  it('passes on what a task returns or throws, and holds nothing afterwards', async () => {
    const clock = manualClock();
    await expect(clock.task('good', async () => 42)).resolves.toBe(42);
    await expect(clock.task('bad', () => Promise.reject(new Error('boom')))).rejects.toThrow('boom');
    await expect(
      clock.task('worse', () => {
        throw new Error('bang');
      }),
    ).rejects.toThrow('bang');
    expect(clock.openHolds()).toEqual([]);
  });

  it('survives branches of one task that sleep side by side', async () => {
    const clock = manualClock();
    const nap = clock.task('both', async (task) => {
      await Promise.all([task.sleep(10, 'one'), task.sleep(20, 'other')]);
      expect(clock.openHolds()).toEqual(['both']);
      return clock.now();
    });
    expect((await clock.advance(50)).woken).toBe(2);
    expect(await nap).toBe(20);
    expect(clock.openHolds()).toEqual([]);
  });

  it('is not held by a sleep that outlives its task', async () => {
    const clock = manualClock();
    await clock.task('hasty', async (task) => {
      void task.sleep(10, 'left behind');
    });
    expect((await clock.advance(50)).woken).toBe(1);
    expect(clock.openHolds()).toEqual([]);
  });

  it('plays concurrent advances one after the other', async () => {
    const clock = manualClock();
    const ladder = climbLadder(clock);
    const reports = await Promise.all([clock.advance(100_000), clock.next(), clock.advance(274_000)]);
    expect(reports).toEqual([
      { fromMs: 0, toMs: 100_000, woken: 5 },
      { fromMs: 100_000, toMs: 141_000, woken: 1 },
      { fromMs: 141_000, toMs: 415_000, woken: 4 },
    ]);
    expect(await ladder).toEqual(ladderInstantsSeconds);
  });

  it('goes to the earliest due instant with next(), and nowhere when nobody sleeps', async () => {
    const clock = manualClock({ startMs: 100 });
    const log: string[] = [];
    for (const [who, ms] of [
      ['a', 20],
      ['b', 10],
      ['c', 10],
    ] as const)
      void sleepOnce(clock, log, who, ms);
    expect(await clock.next()).toEqual({ fromMs: 100, toMs: 110, woken: 2 });
    expect(await clock.next()).toEqual({ fromMs: 110, toMs: 120, woken: 1 });
    expect(await clock.next()).toEqual({ fromMs: 120, toMs: 120, woken: 0 });
    expect(log).toEqual(['b 110', 'c 110', 'a 120']);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 9e15])('refuses to advance by %d ms', async (ms) => {
    const clock = manualClock();
    await expect(clock.advance(ms)).rejects.toThrow(RangeError);
    expect(clock.now()).toBe(0);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to sleep for %d ms', async (ms) => {
    const clock = manualClock();
    await expect(clock.task('insomniac', (task) => task.sleep(ms, 'odd'))).rejects.toThrow(/"odd" of insomniac/);
    expect([clock.pending(), clock.openHolds()]).toEqual([[], []]);
  });

  it('keeps to whole milliseconds', async () => {
    const clock = manualClock();
    const log: string[] = [];
    void sleepOnce(clock, log, 'a', 299.6);
    await clock.advance(299.6);
    expect([log, clock.now()]).toEqual([['a 300'], 300]);
  });
});
