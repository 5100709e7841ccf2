/** What the tests of the clock share: a manual clock, real work, the retry ladder, and a task that sleeps once. */

import { setImmediate as turn } from 'node:timers/promises';
import type { ControllableClock } from '../../emulator/core/clock/clock.ts';
import { createClock, type EmulatorClockOptions } from '../../emulator/core/clock/emulator-clock.ts';
import { realTime } from '../../emulator/real-time.ts';

const ladderWaitsSeconds = [1, 10, 19, 28, 37, 46, 55, 64, 73, 82];
export const ladderInstantsSeconds = [0, 1, 11, 30, 58, 95, 141, 196, 260, 333, 415];

export function manualClock(options: Partial<EmulatorClockOptions> = {}): ControllableClock {
  return createClock({ mode: 'manual', startMs: 0, realTime, ...options });
}

/** Stands for a webhook call: real, asynchronous, and of several turns. */
export async function realWork(): Promise<void> {
  for (let step = 0; step < 3; step += 1) await turn();
}

/** Retries as the service does and returns the instants of its calls, in seconds. */
export async function climbLadder(clock: ControllableClock): Promise<number[]> {
  const instants: number[] = [];
  await clock.task('ladder', async (task) => {
    for (const waitSeconds of [...ladderWaitsSeconds, undefined]) {
      instants.push(clock.now() / 1000);
      await realWork();
      if (waitSeconds !== undefined) await task.sleep(waitSeconds * 1000, 'next try');
    }
  });
  return instants;
}

/** A task that sleeps once and then writes down who woke and when. */
export function sleepOnce(clock: ControllableClock, log: string[], who: string, ms: number): Promise<void> {
  return clock.task(who, async (task) => {
    await task.sleep(ms, 'a nap');
    log.push(`${who} ${clock.now()}`);
  });
}
