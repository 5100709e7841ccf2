/** One transaction: it reads through its own writes, and commits them together if what it has read still holds. */
import type { Access } from './access.ts';
import type { Expectation, Page, PageRequest, RecordStore, RecordWrite, StoredRecord } from './record-store.ts';

export interface Buffer extends Access {
  /** Forgets everything that is stored, when the transaction is committed. */
  clear(): void;
  /** Runs after the commit, before the next turn of the same key; not at all when the transaction fails. */
  onCommitted(effect: () => void): void;
  /** False when something that was read has changed since. */
  commit(): Promise<boolean>;
}

/** A record that was read or written; one that was written unread is expected to be new. */
interface Read {
  readonly collection: string;
  readonly key: string;
  readonly record: StoredRecord | undefined;
}

export function openBuffer(records: RecordStore): Buffer {
  const read = new Map<string, Read>();
  /** Read in a list, and expected to be as it was only once it matters. */
  const seen = new Map<string, StoredRecord>();
  const writes = new Map<string, RecordWrite>();
  const effects: (() => void)[] = [];
  let isClearing = false;

  const stored = async (collection: string, key: string): Promise<StoredRecord | undefined> => {
    const name = nameOf(collection, key);
    if (isClearing) return undefined;
    const known = read.get(name);
    if (known !== undefined) return known.record;
    const record = seen.get(name) ?? (await records.get(collection, key));
    read.set(name, { collection, key, record });
    return record;
  };

  const get = async (collection: string, key: string): Promise<object | undefined> => {
    const write = writes.get(nameOf(collection, key));
    return write === undefined ? (await stored(collection, key))?.value : write.value;
  };

  /** A stored page as the writes leave it; what they add to the list comes behind its last one. */
  const page = async (list: string, request: PageRequest): Promise<Page<object>> => {
    const found: Page<StoredRecord> = isClearing ? { items: [] } : await records.page(list, request);
    const items: RecordWrite[] = found.items.map((record) => {
      const name = nameOf(record.collection, record.key);
      if (!read.has(name)) seen.set(name, record);
      return writes.get(name) ?? record;
    });
    if (found.next !== undefined) return { items: valuesIn(items, list), next: found.next };
    const added = [...writes].filter(([name]) => isClearing || !isListed(read.get(name)?.record, list));
    return { items: valuesIn([...items, ...added.map(([, write]) => write)], list) };
  };

  return {
    get: get as Access['get'],
    page: page as Access['page'],
    put: async (collection, key, value, lists) => {
      const name = nameOf(collection, key);
      if (!read.has(name)) read.set(name, { collection, key, record: seen.get(name) });
      writes.set(name, { collection, key, value, lists });
    },
    delete: async (collection, key) => {
      if ((await get(collection, key)) === undefined) return false;
      writes.set(nameOf(collection, key), { collection, key, value: undefined, lists: [] });
      return true;
    },
    clear: () => {
      isClearing = true;
      writes.clear();
    },
    onCommitted: (effect) => {
      effects.push(effect);
    },
    commit: async () => {
      const isChanging = isClearing || writes.size > 0;
      const expected = isClearing ? [] : [...read.values()].map(expectation);
      if (isChanging && !(await records.commit({ isClearing, expected, writes: [...writes.values()] }))) return false;
      for (const effect of effects) effect();
      return true;
    },
  };
}

function nameOf(collection: string, key: string): string {
  return `${collection} ${key}`;
}

function isListed(record: StoredRecord | undefined, list: string): boolean {
  return record?.lists.includes(list) ?? false;
}

function valuesIn(writes: readonly RecordWrite[], list: string): readonly object[] {
  return writes.flatMap(({ value, lists }) => (value !== undefined && lists.includes(list) ? [value] : []));
}

function expectation({ collection, key, record }: Read): Expectation {
  return { collection, key, version: record?.version ?? 0 };
}
