/** A list in the order in which its items were added, read page by page without walking what came before the page. */
import type { Page, PageRequest } from '../record-store.ts';

export interface Place<T> {
  readonly position: number;
  /** Gone when the item has left the list. */
  item: T | undefined;
}

export interface List<T> {
  /** By position. */
  places: Place<T>[];
  /** How many of the places are taken. */
  count: number;
}

/** Places that were left are swept out once they are the greater part, so that leaving costs next to nothing. */
const SWEEP_FROM = 32;

/** @param position greater than any in the list */
export function addTo<T>(list: List<T>, item: T, position: number): Place<T> {
  const place = { position, item };
  list.places.push(place);
  list.count += 1;
  return place;
}

export function removeFrom<T>(list: List<T>, place: Place<T>): void {
  place.item = undefined;
  list.count -= 1;
  const isSparse = list.places.length > SWEEP_FROM && list.places.length > 2 * list.count;
  if (isSparse) list.places = list.places.filter(({ item }) => item !== undefined);
}

export function pageOf<T>({ places }: List<T>, { after, count }: PageRequest): Page<T> {
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
