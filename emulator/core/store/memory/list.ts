/** Lists in the order in which their items were added, read page by page without walking what came before the page. */
import type { Page, PageRequest } from '../record-store.ts';

export interface Place<T> {
  readonly position: number;
  /** Gone when the item has left the list. */
  item: T | undefined;
}

interface List<T> {
  /** By position. */
  places: Place<T>[];
  /** How many of the places are taken. */
  count: number;
  /** The lists of the item that was added last; those of most others are the same, and share this array. */
  names: readonly string[];
}

/** Where an item stands. */
export interface Listed<T> {
  readonly lists: readonly string[];
  /** Its place in each of its lists, in their order. */
  readonly places: readonly Place<T>[];
}

export interface Lists<T> {
  /**
   * From the lists where it stands to these: at the end of those that are new to it, at its place in the others. The
   * caller puts the item into its places.
   */
  move(from: Listed<T> | undefined, names: readonly string[]): Listed<T>;
  page(name: string, request: PageRequest): Page<T>;
  clear(): void;
}

const NOWHERE: Listed<never> = { lists: [], places: [] };

export function createLists<T>(): Lists<T> {
  const lists = new Map<string, List<T>>();
  /** Of all lists together: a list that was emptied goes on where it was. */
  let positions = 0;

  const leave = (name: string, place: Place<T> | undefined): void => {
    const list = lists.get(name);
    if (list === undefined || place === undefined) return;
    removeFrom(list, place);
    if (list.count === 0) lists.delete(name);
  };

  const enter = (name: string, names: readonly string[]): Place<T> => {
    const list = lists.get(name) ?? { places: [], count: 0, names };
    lists.set(name, list);
    if (!isSame(list.names, names)) list.names = names;
    positions += 1;
    const place = { position: positions, item: undefined };
    list.places.push(place);
    list.count += 1;
    return place;
  };

  return {
    move: (from = NOWHERE, names) => {
      if (isSame(from.lists, names)) return { lists: from.lists, places: from.places };
      for (const [index, name] of from.lists.entries()) if (!names.includes(name)) leave(name, from.places[index]);
      const places = names.map((name) => from.places[from.lists.indexOf(name)] ?? enter(name, names));
      const [last = ''] = names.slice(-1);
      const shared = lists.get(last)?.names ?? names;
      return { lists: isSame(shared, names) ? shared : names, places };
    },
    page: (name, request) => {
      const list = lists.get(name);
      return list === undefined ? { items: [] } : pageOf(list, request);
    },
    clear: () => lists.clear(),
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}

/** Places that were left are swept out once they are the greater part, so that leaving costs next to nothing. */
const SWEEP_FROM = 32;

function removeFrom<T>(list: List<T>, place: Place<T>): void {
  place.item = undefined;
  list.count -= 1;
  const isSparse = list.places.length > SWEEP_FROM && list.places.length > 2 * list.count;
  if (isSparse) list.places = list.places.filter(({ item }) => item !== undefined);
}

function pageOf<T>({ places }: List<T>, { after, count }: PageRequest): Page<T> {
  const items: T[] = [];
  let last = 0;
  for (let index = after === undefined ? 0 : firstBehind(places, Number(after)); index < places.length; index += 1) {
    const place = places[index];
    if (place?.item === undefined) continue;
    if (items.length === count) return { items, next: String(last) };
    items.push(place.item);
    last = place.position;
  }
  return { items };
}

/** Index of the first place whose position is greater; positions only rise, so halving finds it. */
function firstBehind(places: readonly { readonly position: number }[], position: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle]?.position ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
