/** Records in memory. */
import type { Commit, RecordStore, RecordWrite, StoredRecord } from '../record-store.ts';
import { addTo, type List, type Place, pageOf, removeFrom } from './list.ts';

interface Entry {
  record: StoredRecord;
  /** Its place in each of its lists, in their order. */
  places: readonly Place<Entry>[];
}

export function createMemoryStore(): RecordStore {
  const collections = new Map<string, Map<string, Entry>>();
  const lists = new Map<string, List<Entry>>();
  let commits = 0;
  /** Of all lists together: a list that was emptied goes on where it was. */
  let positions = 0;

  const entry = (collection: string, key: string): Entry | undefined => collections.get(collection)?.get(key);

  const leave = (list: string, place: Place<Entry> | undefined): void => {
    const from = lists.get(list);
    if (from === undefined || place === undefined) return;
    removeFrom(from, place);
    if (from.count === 0) lists.delete(list);
  };

  const enter = (name: string, added: Entry): Place<Entry> => {
    const list = lists.get(name) ?? { places: [], count: 0 };
    lists.set(name, list);
    positions += 1;
    return addTo(list, added, positions);
  };

  const write = ({ collection, key, value, lists: names }: RecordWrite): void => {
    const found = entry(collection, key);
    for (const [index, name] of (found?.record.lists ?? []).entries()) {
      if (value === undefined || !names.includes(name)) leave(name, found?.places[index]);
    }
    if (value === undefined) {
      collections.get(collection)?.delete(key);
      return;
    }
    const record = { collection, key, value, lists: names, version: commits };
    const written: Entry = found ?? { record, places: [] };
    const before = found?.record.lists ?? [];
    written.places = names.map((name) => written.places[before.indexOf(name)] ?? enter(name, written));
    written.record = record;
    const keys = collections.get(collection) ?? new Map<string, Entry>();
    collections.set(collection, keys.set(key, written));
  };

  const commit = ({ isClearing, expected, writes }: Commit): boolean => {
    const isAsExpected = expected.every(
      ({ collection, key, version }) => (entry(collection, key)?.record.version ?? 0) === version,
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
    get: async (collection, key) => entry(collection, key)?.record,
    page: async (name, request) => {
      const list = lists.get(name);
      if (list === undefined) return { items: [] };
      const { items, ...rest } = pageOf(list, request);
      return { items: items.map(({ record }) => record), ...rest };
    },
    commit: async (given) => commit(given),
  };
}
