/** The clock as the rest of the emulator sees it: an instant, work that may sleep, and holds that keep time still. */
import type { ClockMode } from '../../wire/control-api.ts';

/** Work that was started on the clock. While it runs and does not sleep, virtual time stands still. */
export interface ClockTask {
  /**
   * Sleeps for so many milliseconds (rounded to whole ones) of the emulator's time. Branches of one task that sleep
   * side by side do not keep time still for each other: give each a task of its own.
   * @throws {DOMException} `AbortError` when the signal fires first or the clock is stopped.
   * @throws {RangeError} when the duration is negative or not finite.
   */
  sleep(ms: number, why: string, signal?: AbortSignal): Promise<void>;
}

export interface PendingSleeper {
  readonly who: string;
  readonly why: string;
  /** Instant at which it wakes, in milliseconds since the epoch on the emulator's clock. */
  readonly dueMs: number;
}

export interface Clock {
  /** Milliseconds since the epoch on the emulator's clock. */
  now(): number;
  /**
   * Runs work as a named task. The task counts as an open hold except while it sleeps, so that `advance` knows when
   * what it woke sleeps again or has ended. A task that waits for another task, or for a device, does not sleep and so
   * keeps time still.
   */
  task<T>(who: string, work: (task: ClockTask) => Promise<T>): Promise<T>;
  /** Keeps virtual time still until the returned function is called (calling it twice does nothing more). */
  hold(why: string): () => void;
}

/** What the user of the emulator can do with the clock; the core itself only needs `Clock`. */
export interface ControllableClock extends Clock {
  readonly mode: ClockMode;
  /** Virtual seconds per real second in `scaled` mode; 1 otherwise. */
  readonly factor: number;
  /**
   * Changes the mode; `now()` goes on from where it is and every sleeper keeps its due instant. Without a factor the
   * last one given counts. An `advance` under way rejects.
   * @throws {RangeError} for `scaled` without a factor above 0.
   */
  setMode(mode: ClockMode, factor?: number): void;
  /**
   * Moves time on (`manual` only), waking each sleeper at its own due instant. Resolves when all has settled; calls
   * queue up. Rejects, with time left at the instant it had reached, when what runs does not settle within the limit.
   */
  advance(ms: number): Promise<AdvanceReport>;
  /** Advances to the earliest due instant (`manual` only); `woken` is 0 when nothing sleeps. */
  next(): Promise<AdvanceReport>;
  /** Sleepers in the order in which they will wake. */
  pending(): readonly PendingSleeper[];
  /** Names of the holds and running tasks that keep virtual time still. */
  openHolds(): readonly string[];
  /** Resolves once at least `count` (0 will do) sleepers are pending and nothing runs. Fails after the settle limit. */
  untilSleeping(count: number): Promise<void>;
  /** Ends every sleep with an abort and cancels the real timer. */
  stop(): void;
}

export interface AdvanceReport {
  readonly fromMs: number;
  readonly toMs: number;
  readonly woken: number;
}

/** Real time, handed in: the core owns no timer of its own. */
export interface RealTime {
  now(): number;
  /**
   * Calls back once after so many real milliseconds, however many; the returned function cancels. 0 is one turn of the
   * event loop: never within the call, and after sockets that are ready have been served.
   */
  after(ms: number, callback: () => void): () => void;
}
