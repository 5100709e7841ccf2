/** One sleep of one task: time may go on while it lasts, and stands still again before the task is woken. */

import type { Sleeper, Sleepers } from './sleepers.ts';
import type { Stillness } from './stillness.ts';

/** A task that was started on the clock; it is its own key among what keeps time still. */
export interface RunningTask {
  readonly who: string;
  /** Sleeps under way; the task keeps time still while there are none. */
  sleeping: number;
  ended: boolean;
}

interface TaskSleep {
  readonly task: RunningTask;
  readonly why: string;
  readonly dueMs: number;
  readonly signal: AbortSignal | undefined;
  readonly sleepers: Sleepers;
  readonly stillness: Stillness;
  /** Called when the earliest sleeper may have become another one. */
  readonly onChange: () => void;
}

export function sleepAsTask(sleep: TaskSleep): Promise<void> {
  const { task, why, dueMs, signal, sleepers, stillness, onChange } = sleep;
  const { who } = task;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw abortOfSleep(sleep);

    const getUp = (): void => {
      sleepers.remove(sleeper);
      signal?.removeEventListener('abort', onAbort);
      task.sleeping -= 1;
      // Before the promise settles: between the wake-up and what follows it there must be no moment of quiet.
      if (task.sleeping === 0 && !task.ended) stillness.open(task, who);
    };
    const wake = (): void => {
      getUp();
      resolve();
    };
    const fail = (error: Error): void => {
      getUp();
      reject(error);
    };
    const onAbort = (): void => {
      fail(abortOfSleep(sleep));
      onChange();
    };

    const sleeper: Sleeper = sleepers.add({ who, why, dueMs, wake, fail });
    signal?.addEventListener('abort', onAbort);
    task.sleeping += 1;
    stillness.close(task);
    onChange();
  });
}

/** The reason that an abort signal carries stays readable as the cause. */
export function abortError(message: string, cause?: unknown): DOMException {
  return new DOMException(message, { name: 'AbortError', cause });
}

function abortOfSleep({ task, why, signal }: TaskSleep): DOMException {
  return abortError(`The sleep "${why}" of ${task.who} was aborted`, signal?.reason);
}
