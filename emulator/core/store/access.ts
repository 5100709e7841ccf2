/** How the core reads and writes records, inside of a transaction and outside: what every collection is made of. */
import type { Page, PageRequest } from './record-store.ts';

export interface Access {
  get<T extends object>(collection: string, key: string): Promise<T | undefined>;
  page<T extends object>(list: string, request: PageRequest): Promise<Page<T>>;
  /** A record that was not read before must not be there yet. */
  put(collection: string, key: string, value: object, lists: readonly string[]): Promise<void>;
  /** False when there is none. */
  delete(collection: string, key: string): Promise<boolean>;
}

const PAGE_SIZE = 1000;

/** Reads a list to its end. */
export async function everyItem<T>(page: (request: PageRequest) => Promise<Page<T>>): Promise<readonly T[]> {
  const first = await page({ count: PAGE_SIZE });
  let { next } = first;
  if (next === undefined) return first.items;
  const items = [...first.items];
  while (next !== undefined) {
    const more: Page<T> = await page({ count: PAGE_SIZE, after: next });
    items.push(...more.items);
    next = more.next;
  }
  return items;
}
