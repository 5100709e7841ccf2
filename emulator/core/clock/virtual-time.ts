/** Virtual time as a straight line over real time: a base on each side and a rate, 0 while it stands still. */

import type { RealTime } from './clock.ts';

/** The last instant that a JavaScript date can hold; beyond it no timestamp could be rendered. */
const lastInstantMs = 8.64e15;

export class VirtualTime {
  readonly #realTime: RealTime;
  #virtualBaseMs: number;
  #realBaseMs: number;
  #rate: number;

  constructor(options: { realTime: RealTime; startMs: number; rate: number }) {
    this.#realTime = options.realTime;
    this.#virtualBaseMs = options.startMs;
    this.#realBaseMs = options.realTime.now();
    this.#rate = options.rate;
  }

  /** Whole milliseconds since the epoch. */
  now(): number {
    return Math.floor(this.#exactMs());
  }

  /** Goes on from the present instant at another rate. */
  runAt(rate: number): void {
    this.#rebase(this.now());
    this.#rate = rate;
  }

  /** Puts time that stands still on another instant. */
  moveTo(instantMs: number): void {
    this.#rebase(instantMs);
  }

  /** How long really to wait until the instant; undefined while time stands still. */
  realDelayMs(instantMs: number): number | undefined {
    return this.#rate === 0 ? undefined : Math.max(0, Math.ceil((instantMs - this.#exactMs()) / this.#rate));
  }

  #exactMs(): number {
    // While it stands still real time must not matter at all, not even by rounding.
    if (this.#rate === 0) return this.#virtualBaseMs;
    return this.#virtualBaseMs + (this.#realTime.now() - this.#realBaseMs) * this.#rate;
  }

  #rebase(instantMs: number): void {
    this.#virtualBaseMs = instantMs;
    this.#realBaseMs = this.#realTime.now();
  }
}

/**
 * The instant so many milliseconds (rounded to whole ones) after another.
 * @throws {RangeError} naming the caller when the duration is negative, not finite, or leads beyond the last date.
 */
export function instantAfter(fromMs: number, ms: number, caller: string): number {
  if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`${caller} takes milliseconds, 0 or more, and got ${ms}`);
  const instantMs = fromMs + Math.round(ms);
  if (instantMs > lastInstantMs) throw new RangeError(`${caller} of ${ms} ms leads beyond the last date there is`);
  return instantMs;
}
