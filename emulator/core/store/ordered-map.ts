/** A map in the order in which its keys were first set, read page by page without walking what came before the page. */

export interface PageRequest {
  /** `next` of the page before; the first page when absent. */
  readonly after?: string | undefined;
  /** At least 1. */
  readonly count: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface OrderedMap<T> {
  get(key: string): T | undefined;
  /** Replacing a value keeps its place. */
  set(key: string, value: T): void;
  delete(key: string): boolean;
  values(): readonly T[];
  /** What is set while someone pages comes at the end; what is deleted is left out; nothing is told twice. */
  page(request: PageRequest): Page<T>;
  clear(): void;
}

interface Slot<T> {
  readonly position: number;
  readonly key: string;
  value: T;
  isDeleted: boolean;
}

/** Deleted slots are swept out once they are the greater part, so that a deletion costs next to nothing. */
const SWEEP_FROM = 32;

export function createOrderedMap<T>(): OrderedMap<T> {
  const byKey = new Map<string, Slot<T>>();
  let slots: Slot<T>[] = [];
  let positions = 0;

  return {
    get: (key) => byKey.get(key)?.value,
    set: (key, value) => {
      const found = byKey.get(key);
      if (found !== undefined) {
        found.value = value;
        return;
      }
      positions += 1;
      const slot = { position: positions, key, value, isDeleted: false };
      byKey.set(key, slot);
      slots.push(slot);
    },
    delete: (key) => {
      const found = byKey.get(key);
      if (found === undefined) return false;
      found.isDeleted = true;
      byKey.delete(key);
      if (slots.length > SWEEP_FROM && slots.length > 2 * byKey.size) slots = slots.filter((slot) => !slot.isDeleted);
      return true;
    },
    values: () => slots.flatMap((slot) => (slot.isDeleted ? [] : [slot.value])),
    page: ({ after, count }) => {
      const items: T[] = [];
      let last = 0;
      for (let index = after === undefined ? 0 : firstBehind(slots, Number(after)); index < slots.length; index += 1) {
        const slot = slots[index];
        if (slot === undefined || slot.isDeleted) continue;
        if (items.length === count) return { items, next: String(last) };
        items.push(slot.value);
        last = slot.position;
      }
      return { items };
    },
    clear: () => {
      byKey.clear();
      slots = [];
    },
  };
}

/** Index of the first slot whose position is greater; positions only rise, so halving finds it. */
function firstBehind(slots: readonly { readonly position: number }[], position: number): number {
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((slots[middle]?.position ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
