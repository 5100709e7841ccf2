/** Time-outs of our own code that run out when a test says so, however busy the machine is; sockets go on as ever. */
import { onTestFinished, vi } from 'vitest';

/** @returns what lets so many milliseconds pass for every `setTimeout` since; real again at the end of the test */
export function holdTimeouts(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  return (ms) => void vi.advanceTimersByTime(ms);
}
