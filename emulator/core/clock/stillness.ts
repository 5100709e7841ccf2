/** Knows what runs (open holds and tasks that do not sleep) and tells, one waiter at a time, when nothing does. */

import type { RealTime } from './clock.ts';

interface StillnessOptions {
  readonly realTime: RealTime;
  readonly settleLimitMs: number;
  /** Whether `onQuiet` has anything to do, so that no turn is spent on nothing. */
  readonly wantsQuiet: () => boolean;
  /** Called when nothing runs and no waiter could be served. */
  readonly onQuiet: () => void;
}

interface QuietRequest {
  /** What must hold beside nothing running. */
  readonly isMet: () => boolean;
  /** Message of the error when the settle limit has passed. */
  readonly explain: () => string;
}

interface Waiter {
  readonly isMet: () => boolean;
  readonly serve: () => void;
  readonly refuse: (error: Error) => void;
}

export class Stillness {
  readonly #options: StillnessOptions;
  readonly #open = new Map<object, string>();
  readonly #waiters = new Set<Waiter>();
  #cancelTurn: (() => void) | undefined;

  constructor(options: StillnessOptions) {
    this.#options = options;
  }

  open(key: object, name: string): void {
    this.#open.set(key, name);
  }

  close(key: object): void {
    if (this.#open.delete(key)) this.look();
  }

  openNames(): readonly string[] {
    return [...this.#open.values()];
  }

  /**
   * Looks, after one turn of the event loop, whether nothing runs. The turn lets every continuation of what has just
   * ended take its own hold first, and serves sockets in between however many sleepers are woken in a row.
   */
  look(): void {
    if (this.#cancelTurn !== undefined || this.#open.size > 0) return;
    if (this.#waiters.size === 0 && !this.#options.wantsQuiet()) return;
    this.#cancelTurn = this.#options.realTime.after(0, () => {
      this.#cancelTurn = undefined;
      if (this.#open.size > 0) return;
      // One at a time: whoever is served finds the state that was promised, not what the next one made of it.
      const waiter = [...this.#waiters].find((candidate) => candidate.isMet());
      if (waiter !== undefined) {
        waiter.serve();
        this.look();
      } else if (this.#options.wantsQuiet()) {
        this.#options.onQuiet();
        this.look();
      }
    });
  }

  /** Resolves when nothing runs and the request is met; rejects after the settle limit, in real time. */
  whenQuiet(request: QuietRequest): Promise<void> {
    const { realTime, settleLimitMs } = this.#options;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        cancelLimit();
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        isMet: request.isMet,
        serve: () => {
          end();
          resolve();
        },
        refuse: (error) => {
          end();
          reject(error);
        },
      };
      const cancelLimit = realTime.after(settleLimitMs, () => waiter.refuse(new Error(request.explain())));
      this.#waiters.add(waiter);
      this.look();
    });
  }

  /** Rejects everyone who waits and looks no more until asked again. */
  refuseAll(error: Error): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    for (const waiter of this.#waiters) waiter.refuse(error);
  }
}
