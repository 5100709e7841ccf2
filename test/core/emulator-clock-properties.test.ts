import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ControllableClock } from '../../emulator/core/clock/clock.ts';
import { createClock } from '../../emulator/core/clock/emulator-clock.ts';
import { realTime } from '../../emulator/real-time.ts';

/** Sleeps, works for some turns, then does the same with its children: in its own task or each in a task of its own. */
interface Plan {
  readonly delayMs: number;
  readonly workTurns: number;
  readonly spawns: boolean;
  readonly children: readonly Plan[];
}

const horizonMs = 200;

const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.record({
    delayMs: fc.integer({ min: 0, max: 40 }),
    workTurns: fc.integer({ min: 0, max: 2 }),
    spawns: fc.boolean(),
    children: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('plan'), { maxLength: 3 })),
  }),
}));

async function play(plans: readonly Plan[], drive: (clock: ControllableClock) => Promise<void>): Promise<string[]> {
  const clock = createClock({ mode: 'manual', startMs: 0, realTime });
  const log: string[] = [];
  const tasks = new Set<Promise<void>>();

  const start = (path: string, planned: readonly Plan[]): void => {
    const running = clock.task(path, async (task) => {
      for (const [index, step] of planned.entries()) {
        const stepPath = `${path}.${index}`;
        await task.sleep(step.delayMs, stepPath);
        log.push(`${stepPath} at ${clock.now()}`);
        for (let left = step.workTurns; left > 0; left -= 1) await turn();
        log.push(`${stepPath} done at ${clock.now()}`);
        if (step.spawns) for (const [child, one] of step.children.entries()) start(`${stepPath}/${child}`, [one]);
        else for (const one of step.children) await task.sleep(one.delayMs, `${stepPath} inner`);
      }
    });
    tasks.add(running.catch(() => undefined));
  };

  for (const [index, one] of plans.entries()) start(`${index}`, [one]);
  await drive(clock);
  log.push(...clock.pending().map(({ who, dueMs }) => `${who} asleep until ${dueMs}`), `at ${clock.now()}`);
  clock.stop();
  await Promise.all(tasks);
  return log;
}

it('wakes the same sleepers at the same instants in one advance and in slices', async () => {
  const plans = fc.array(plan, { minLength: 1, maxLength: 5 });
  const slices = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(plans, slices, async (planned, sliced) => {
      const inOneGo = await play(planned, async (clock) => {
        await clock.advance(horizonMs);
      });
      const inSlices = await play(planned, async (clock) => {
        for (const ms of sliced) if (clock.now() + ms <= horizonMs) await clock.advance(ms);
        await clock.advance(horizonMs - clock.now());
      });
      expect(inSlices).toEqual(inOneGo);
    }),
    { numRuns: 200 },
  );
});

it('wakes nobody early or late, and never turns time back', async () => {
  const delays = fc.array(fc.nat({ max: horizonMs * 2 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(delays, async (delaysMs) => {
      const clock = createClock({ mode: 'manual', startMs: 0, realTime });
      const woken: number[] = [];
      const tasks = delaysMs.map((ms) =>
        clock.task('sleeper', async (task) => {
          await task.sleep(ms, 'a nap');
          expect(clock.now()).toBe(ms);
          woken.push(ms);
        }),
      );
      const { woken: count } = await clock.advance(horizonMs);
      const due = delaysMs.filter((ms) => ms <= horizonMs).sort((one, other) => one - other);
      expect([count, woken]).toEqual([due.length, due]);
      await clock.advance(horizonMs);
      await Promise.all(tasks);
    }),
    { numRuns: 100 },
  );
});
