/** A second record store, the simplest there is: rows of JSON text. What it hands out shares nothing with what it was given. */
import type {
  Commit,
  Page,
  PageRequest,
  RecordStore,
  StoredRecord,
} from '../../../emulator/core/store/record-store.ts';

interface Row {
  readonly name: string;
  readonly text: string;
  readonly places: Readonly<Record<string, number>>;
}

export interface JsonStore extends RecordStore {
  /** Everything that is stored, as JSON. */
  content(): string;
}

/** @param content of another one */
export function createJsonStore(content = '{"rows":[],"count":0}'): JsonStore {
  const start = JSON.parse(content) as { readonly rows: readonly Row[]; readonly count: number };
  const rows = new Map(start.rows.map((row) => [row.name, row]));
  let { count } = start;
  const nameOf = ({ collection, key }: { readonly collection: string; readonly key: string }): string =>
    `${collection} ${key}`;
  const recordOf = (row: Row): StoredRecord => JSON.parse(row.text) as StoredRecord;
  const versionOf = (name: string): number => {
    const row = rows.get(name);
    return row === undefined ? 0 : recordOf(row).version;
  };

  const commit = ({ isClearing, expected, writes }: Commit): boolean => {
    if (expected.some((one) => versionOf(nameOf(one)) !== one.version)) return false;
    count += 1;
    if (isClearing) rows.clear();
    for (const write of writes) {
      const name = nameOf(write);
      const before = rows.get(name)?.places ?? {};
      rows.delete(name);
      if (write.value === undefined) continue;
      const places: Record<string, number> = {};
      for (const list of write.lists) {
        count += 1;
        places[list] = before[list] ?? count;
      }
      rows.set(name, { name, text: JSON.stringify({ ...write, version: count }), places });
    }
    return true;
  };

  const page = (list: string, { after = '0', count: size }: PageRequest): Page<StoredRecord> => {
    const listed = [...rows.values()]
      .map((row) => ({ row, place: row.places[list] ?? 0 }))
      .filter(({ place }) => place > Number(after))
      .sort((a, b) => a.place - b.place);
    const items = listed.slice(0, size).map(({ row }) => recordOf(row));
    return listed.length > size ? { items, next: String(listed[size - 1]?.place) } : { items };
  };

  return {
    get: async (collection, key) => {
      const row = rows.get(nameOf({ collection, key }));
      return row && recordOf(row);
    },
    page: async (list, request) => page(list, request),
    commit: async (given) => commit(given),
    content: () => JSON.stringify({ rows: [...rows.values()], count }),
  };
}
