/** Who sleeps, in the order in which they wake: by due instant, and among equals whoever lay down first. */

import type { PendingSleeper } from './clock.ts';

export interface Sleeper extends PendingSleeper {
  /** Place among all sleepers ever added, the tie-break. */
  readonly sequence: number;
  wake(): void;
  fail(error: Error): void;
}

export class Sleepers {
  /** Sorted. An array, because insertion by binary search is quick for as many as ever sleep here and the list is shown. */
  readonly #sorted: Sleeper[] = [];
  #added = 0;

  get count(): number {
    return this.#sorted.length;
  }

  get first(): Sleeper | undefined {
    return this.#sorted[0];
  }

  add(sleeper: Omit<Sleeper, 'sequence'>): Sleeper {
    this.#added += 1;
    const added: Sleeper = { ...sleeper, sequence: this.#added };
    this.#sorted.splice(this.#placeOf(added), 0, added);
    return added;
  }

  /** Removes it; does nothing if it has gone already. */
  remove(sleeper: Sleeper): void {
    const place = this.#placeOf(sleeper);
    if (this.#sorted[place] === sleeper) this.#sorted.splice(place, 1);
  }

  all(): readonly Sleeper[] {
    return [...this.#sorted];
  }

  /** The first of them in words, for error messages. */
  describe(nowMs: number): string {
    const shownMax = 20;
    const shown = this.#sorted
      .slice(0, shownMax)
      .map(({ who, why, dueMs }) => `${who} ("${why}", due in ${dueMs - nowMs} ms)`);
    if (this.count > shownMax) shown.push(`${this.count - shownMax} more`);
    return shown.join(', ') || 'nobody';
  }

  /** Index of the first sleeper that does not wake before the given one. */
  #placeOf(sleeper: Sleeper): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#sorted[middle];
      if (other !== undefined && wakesBefore(other, sleeper)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function wakesBefore(one: Sleeper, other: Sleeper): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.sequence < other.sequence);
}
