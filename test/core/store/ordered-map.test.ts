/** The ordered map: the order of first writes, pages that go on where the last one ended, deletions swept out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOrderedMap, type OrderedMap } from '../../../emulator/core/store/ordered-map.ts';

function filled(count: number): OrderedMap<number> {
  const map = createOrderedMap<number>();
  for (let index = 0; index < count; index += 1) map.set(`k${index}`, index);
  return map;
}

function allPages<T>(map: OrderedMap<T>, count: number, between: () => void = () => undefined): T[] {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = map.page({ after, count });
    items.push(...page.items);
    after = page.next;
    between();
  } while (after !== undefined);
  return items;
}

describe('an ordered map', () => {
  it('keeps the place of a value that is replaced, and gives a new one after a deletion', () => {
    const map = filled(3);
    map.set('k0', 10);
    expect(map.values()).toEqual([10, 1, 2]);
    expect([map.delete('k0'), map.delete('k0')]).toEqual([true, false]);
    map.set('k0', 11);
    expect(map.values()).toEqual([1, 2, 11]);
    expect(map.get('k0')).toBe(11);
  });

  it('says that there is more only when there is', () => {
    const map = filled(4);
    expect(map.page({ count: 4 })).toEqual({ items: [0, 1, 2, 3] });
    const { next } = map.page({ count: 3 });
    expect(next).toBeDefined();
    map.delete('k3');
    expect(map.page({ count: 3 })).toEqual({ items: [0, 1, 2] });
    expect(map.page({ count: 3, after: next })).toEqual({ items: [] });
  });

  it('reads a page late in a long list without walking over those before it', () => {
    const map = filled(200_000);
    const { next } = map.page({ count: 199_990 });
    const timeOf = (after: string | undefined): number => {
      const started = performance.now();
      for (let round = 0; round < 2_000; round += 1) map.page({ after, count: 5 });
      return performance.now() - started;
    };
    timeOf(undefined);
    // Walking would cost 40,000 times as much; the margin is for a busy machine.
    expect(timeOf(next)).toBeLessThan(200 * Math.max(timeOf(undefined), 1));
  });

  it('does not grow with what was deleted from it', () => {
    const map = createOrderedMap<number>();
    for (let index = 0; index < 100_000; index += 1) {
      map.set(`k${index}`, index);
      map.delete(`k${index - 3}`);
    }
    expect(map.values()).toEqual([99_997, 99_998, 99_999]);
    expect(allPages(map, 1)).toEqual([99_997, 99_998, 99_999]);
  });

  it('shows to who pages all that stays, once and in order, whatever else comes and goes', () => {
    const change = fc.record({ key: fc.integer({ min: 0, max: 120 }), isDeleted: fc.boolean() });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.array(change, { maxLength: 40 }), { maxLength: 30 }),
        (count, rounds) => {
          const map = filled(100);
          const stays = new Set(map.values());
          const seen = allPages(map, count, () => {
            for (const { key, isDeleted } of rounds.shift() ?? []) {
              if (isDeleted) {
                map.delete(`k${key}`);
                stays.delete(key);
              } else if (map.get(`k${key}`) === undefined) map.set(`k${key}`, 1_000 + key);
            }
          });
          expect(seen.filter((value) => stays.has(value))).toEqual([...stays]);
          expect(new Set(seen).size).toBeGreaterThanOrEqual(stays.size);
        },
      ),
    );
  });
});
