/** Records in memory. */
import type { Commit, RecordStore, RecordWrite, StoredRecord } from '../record-store.ts';
import { createLists, type Place } from './list.ts';

interface Entry extends StoredRecord {
  /** Its place in each of its lists, in their order. */
  readonly places: readonly Place<Entry>[];
}

export function createMemoryStore(): RecordStore {
  const collections = new Map<string, Map<string, Entry>>();
  const lists = createLists<Entry>();
  let commits = 0;

  const entry = (collection: string, key: string): Entry | undefined => collections.get(collection)?.get(key);

  const write = ({ collection, key, value, lists: names }: RecordWrite): void => {
    const found = entry(collection, key);
    if (value === undefined) {
      if (found !== undefined) lists.move(found, []);
      collections.get(collection)?.delete(key);
      return;
    }
    // One object a record, and what most records of a collection have in common is held once: they are many.
    const written: Entry = { collection, key, value, version: commits, ...lists.move(found, names) };
    for (const place of written.places) place.item = written;
    const keys = collections.get(collection);
    if (keys === undefined) collections.set(collection, new Map([[key, written]]));
    else keys.set(key, written);
  };

  const commit = ({ isClearing, expected, writes }: Commit): boolean => {
    const isAsExpected = expected.every(
      ({ collection, key, version }) => (entry(collection, key)?.version ?? 0) === version,
    );
    if (!isAsExpected) return false;
    commits += 1;
    if (isClearing) {
      collections.clear();
      lists.clear();
    }
    for (const one of writes) write(one);
    return true;
  };

  return {
    get: async (collection, key) => entry(collection, key),
    page: async (name, request) => lists.page(name, request),
    commit: async (given) => commit(given),
  };
}
