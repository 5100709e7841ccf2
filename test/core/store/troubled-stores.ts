/** Record stores that are slow, that fail, or whose engine is thrown away: wrappers of any other. */
import type { RecordStore } from '../../../emulator/core/store/record-store.ts';

export interface StoreCall {
  /** From 1, over all calls of the store. */
  readonly index: number;
  readonly name: keyof RecordStore;
}

interface Around {
  readonly before?: (call: StoreCall) => Promise<void> | void;
  readonly after?: (call: StoreCall) => Promise<void> | void;
}

/** Does something around each call; what it throws is what the call rejects with. */
export function watched(records: RecordStore, { before, after }: Around): RecordStore {
  let index = 0;
  const around = async <T>(name: keyof RecordStore, work: () => Promise<T>): Promise<T> => {
    index += 1;
    const call = { index, name };
    await before?.(call);
    const result = await work();
    await after?.(call);
    return result;
  };
  return {
    get: (collection, key) => around('get', () => records.get(collection, key)),
    page: (list, request) => around('page', () => records.page(list, request)),
    commit: (given) => around('commit', () => records.commit(given)),
  };
}

/** 0 to 3 ms before each call and after it. */
export function slow(records: RecordStore, random: () => number): RecordStore {
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, random() * 3));
  return watched(records, { before: wait, after: wait });
}

/** A part of the calls is refused, and does nothing then. */
export function failing(records: RecordStore, isFailing: () => boolean): RecordStore {
  return watched(records, {
    before: () => {
      if (isFailing()) throw new Error('the disk is away');
    },
  });
}

/** Sabotage: each write of a commit by itself. */
export function writeByWrite(records: RecordStore): RecordStore {
  return {
    get: records.get,
    page: records.page,
    commit: async ({ isClearing, expected, writes }) => {
      let isFirst = true;
      for (const write of writes) {
        const given = { isClearing: isFirst && isClearing, expected: isFirst ? expected : [], writes: [write] };
        if (!(await records.commit(given))) return false;
        isFirst = false;
      }
      return true;
    },
  };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed of this run, to be printed; `DPS_TEST_SEED` repeats one. */
export function someSeed(): number {
  return Number(process.env.DPS_TEST_SEED ?? Date.now() % 2 ** 31);
}
