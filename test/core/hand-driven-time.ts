/** Real time for tests of the clock: it passes when the test says so; only turns of the event loop are genuine. */

import { setImmediate as turn } from 'node:timers/promises';
import type { RealTime } from '../../emulator/core/clock/clock.ts';

interface HandDrivenTime extends RealTime {
  /** Lets real time pass, calling back at each timer's own instant. */
  elapse(ms: number): Promise<void>;
  /** Puts the wall clock forward or back; timers, as real ones do, take no notice. */
  shiftWall(ms: number): void;
  /** How long each armed timer still has to run, shortest first. */
  armedMs(): readonly number[];
}

export function handDrivenTime(startMs = 0): HandDrivenTime {
  let wallMs = startMs;
  let elapsedMs = 0;
  const timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();
  const inOrder = () => [...timers].sort((one, other) => one.dueMs - other.dueMs);

  return {
    now: () => wallMs + elapsedMs,
    after: (ms, callback) => {
      if (ms === 0) {
        const immediate = setImmediate(callback);
        return () => clearImmediate(immediate);
      }
      const timer = { dueMs: elapsedMs + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    elapse: async (ms) => {
      const untilMs = elapsedMs + ms;
      await turn();
      for (let [first] = inOrder(); first && first.dueMs <= untilMs; [first] = inOrder()) {
        elapsedMs = first.dueMs;
        timers.delete(first);
        first.callback();
        await turn();
      }
      elapsedMs = untilMs;
    },
    shiftWall: (ms) => {
      wallMs += ms;
    },
    armedMs: () => inOrder().map(({ dueMs }) => dueMs - elapsedMs),
  };
}
