/** Real time as the process has it: the only place that hands the wall clock and real timers to the emulator's clock. */

import type { RealTime } from './core/clock/clock.ts';

/** Node turns a longer time-out into 1 ms, so a longer wait is made of several. */
const longestTimeoutMs = 2 ** 31 - 1;

export const realTime: RealTime = {
  now: () => Date.now(),
  after: (ms, callback) => (ms > 0 ? afterTimeout(ms, callback) : afterTurn(callback)),
};

/** One turn of the event loop: sockets that are ready are served first, and it costs microseconds where a timer costs 1 ms. */
function afterTurn(callback: () => void): () => void {
  const immediate = setImmediate(callback);
  return () => clearImmediate(immediate);
}

function afterTimeout(ms: number, callback: () => void): () => void {
  let remainingMs = ms;
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    const partMs = Math.min(remainingMs, longestTimeoutMs);
    remainingMs -= partMs;
    timer = setTimeout(remainingMs > 0 ? arm : callback, partMs);
  };
  arm();
  return () => clearTimeout(timer);
}
