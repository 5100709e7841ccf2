/** One transaction: it reads through its own writes, and commits them together if what it has read still holds. */
import type { Access } from './access.ts';
import type { Expectation, Page, PageRequest, RecordStore, RecordWrite, StoredRecord } from './record-store.ts';

/** A record that was read or written; one that was written unread is expected to be new. */
interface Read extends Expectation {
  readonly record: StoredRecord | undefined;
}

export class Buffer implements Access {
  readonly #records: RecordStore;
  readonly #read = new Map<string, Read>();
  /** Read in a list, and expected to be as it was only once it matters. */
  readonly #seen = new Map<string, StoredRecord>();
  readonly #writes = new Map<string, RecordWrite>();
  readonly #effects: (() => void)[] = [];
  #isClearing = false;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  async get<T extends object>(collection: string, key: string): Promise<T | undefined> {
    const name = nameOf(collection, key);
    const write = this.#writes.get(name);
    if (write !== undefined) return write.value as T | undefined;
    if (this.#isClearing) return undefined;
    const known = this.#read.get(name);
    if (known !== undefined) return known.record?.value as T | undefined;
    const record = this.#seen.get(name) ?? (await this.#records.get(collection, key));
    this.#read.set(name, { collection, key, version: record?.version ?? 0, record });
    return record?.value as T | undefined;
  }

  /** A stored page as the writes leave it; what they add to the list comes behind its last one. */
  async page<T extends object>(list: string, request: PageRequest): Promise<Page<T>> {
    const found: Page<StoredRecord> = this.#isClearing ? { items: [] } : await this.#records.page(list, request);
    const items: RecordWrite[] = found.items.map((record) => {
      const name = nameOf(record.collection, record.key);
      if (!this.#read.has(name)) this.#seen.set(name, record);
      return this.#writes.get(name) ?? record;
    });
    if (found.next !== undefined) return { items: valuesIn(items, list), next: found.next };
    for (const [name, write] of this.#writes) {
      if (this.#isClearing || !isListed(this.#read.get(name)?.record, list)) items.push(write);
    }
    return { items: valuesIn(items, list) };
  }

  async put(collection: string, key: string, value: object, lists: readonly string[]): Promise<void> {
    const name = nameOf(collection, key);
    if (!this.#read.has(name)) {
      const record = this.#seen.get(name);
      this.#read.set(name, { collection, key, version: record?.version ?? 0, record });
    }
    this.#writes.set(name, { collection, key, value, lists });
  }

  async delete(collection: string, key: string): Promise<boolean> {
    if ((await this.get(collection, key)) === undefined) return false;
    this.#writes.set(nameOf(collection, key), { collection, key, value: undefined, lists: [] });
    return true;
  }

  /** Forgets everything that is stored, when the transaction is committed. */
  clear(): void {
    this.#isClearing = true;
    this.#writes.clear();
  }

  /** Runs after the commit, before the next turn of the same key; not at all when the transaction fails. */
  onCommitted(effect: () => void): void {
    this.#effects.push(effect);
  }

  /** False when something that was read has changed since. */
  async commit(): Promise<boolean> {
    const isClearing = this.#isClearing;
    if (isClearing || this.#writes.size > 0) {
      const expected = isClearing ? [] : [...this.#read.values()];
      const isDone = await this.#records.commit({ isClearing, expected, writes: [...this.#writes.values()] });
      if (!isDone) return false;
    }
    for (const effect of this.#effects) effect();
    return true;
  }
}

function nameOf(collection: string, key: string): string {
  return `${collection} ${key}`;
}

function isListed(record: StoredRecord | undefined, list: string): boolean {
  return record?.lists.includes(list) ?? false;
}

function valuesIn<T extends object>(writes: readonly RecordWrite[], list: string): readonly T[] {
  return writes.flatMap(({ value, lists }) => (value !== undefined && lists.includes(list) ? [value as T] : []));
}
