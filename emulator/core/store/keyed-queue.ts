/** Orders the state changes of one registration while those of others go on side by side. */

export interface KeyedQueue {
  /** Runs a turn after every earlier turn of the same key. A turn lasts for one store transaction, never for a call. */
  turn<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<unknown>>();
  return {
    turn: async (key, work) => {
      const previous = tails.get(key) ?? Promise.resolve();
      // A turn starts whether or not the one before it succeeded, whose own caller hears of the failure.
      const current = previous.then(work);
      const settled = current.then(
        () => undefined,
        () => undefined,
      );
      tails.set(key, settled);
      try {
        return await current;
      } finally {
        if (tails.get(key) === settled) tails.delete(key);
      }
    },
  };
}
