/** What every record store does: lists in the order of first writes, pages that go on where the last one ended, all or nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../emulator/core/store/memory/memory-store.ts';
import type { RecordStore, RecordWrite } from '../../../emulator/core/store/record-store.ts';
import { createJsonStore } from './json-store.ts';

const LIST = 'numbers';

function write(key: string, n: number | undefined, lists: readonly string[] = [LIST]): RecordWrite {
  return { collection: 'c', key, value: n === undefined ? undefined : { n }, lists };
}

async function put(store: RecordStore, ...writes: readonly RecordWrite[]): Promise<void> {
  await putAll(store, writes);
}

async function putAll(store: RecordStore, writes: readonly RecordWrite[]): Promise<void> {
  expect(await store.commit({ isClearing: false, expected: [], writes })).toBe(true);
}

async function filled(store: RecordStore, count: number): Promise<RecordStore> {
  await putAll(
    store,
    Array.from({ length: count }, (_, n) => write(`k${n}`, n)),
  );
  return store;
}

function numbers(records: readonly { readonly value: object }[]): readonly number[] {
  return records.map(({ value }) => (value as { readonly n: number }).n);
}

async function allPages(
  store: RecordStore,
  count: number,
  between: () => Promise<void> = async () => undefined,
): Promise<number[]> {
  const items: number[] = [];
  let after: string | undefined;
  do {
    const page = await store.page(LIST, { after, count });
    items.push(...numbers(page.items));
    after = page.next;
    await between();
  } while (after !== undefined);
  return items;
}

describe.each([
  ['in memory', createMemoryStore],
  ['as JSON', () => createJsonStore()],
])('a record store %s', (_name, create) => {
  it('keeps the place of a record that is replaced, and gives a new one after a deletion', async () => {
    const store = await filled(create(), 3);
    await put(store, write('k0', 10));
    expect(await allPages(store, 10)).toEqual([10, 1, 2]);
    await put(store, write('k0', undefined));
    expect(await store.get('c', 'k0')).toBeUndefined();
    await put(store, write('k0', 11));
    expect(await allPages(store, 10)).toEqual([1, 2, 11]);
    expect((await store.get('c', 'k0'))?.value).toEqual({ n: 11 });
  });

  it('changes the lists of a record with its write: the place in those that stay is kept', async () => {
    const store = await filled(create(), 3);
    await put(store, write('k0', 0, [LIST, 'other']), write('k1', 1, ['other']));
    expect(await allPages(store, 10)).toEqual([0, 2]);
    expect(numbers((await store.page('other', { count: 10 })).items)).toEqual([0, 1]);
    await put(store, write('k1', 1));
    expect(await allPages(store, 10)).toEqual([0, 2, 1]);
    expect(numbers((await store.page('other', { count: 10 })).items)).toEqual([0]);
  });

  it('says that there is more only when there is', async () => {
    const store = await filled(create(), 4);
    expect((await store.page(LIST, { count: 4 })).next).toBeUndefined();
    const { next } = await store.page(LIST, { count: 3 });
    expect(next).toMatch(/^\d{1,15}$/);
    await put(store, write('k3', undefined));
    expect((await store.page(LIST, { count: 3 })).next).toBeUndefined();
    expect(await store.page(LIST, { count: 3, after: next })).toEqual({ items: [] });
  });

  it('goes on behind the last page in a list that was emptied and filled again', async () => {
    const store = await filled(create(), 3);
    const { next } = await store.page(LIST, { count: 2 });
    await put(store, ...[0, 1, 2].map((n) => write(`k${n}`, undefined)));
    await put(store, write('k9', 9));
    expect(numbers((await store.page(LIST, { count: 2, after: next })).items)).toEqual([9]);
  });

  it('writes nothing when an expectation does not hold, and never gives a version twice', async () => {
    const store = await filled(create(), 1);
    const { version = 0 } = (await store.get('c', 'k0')) ?? {};
    const at = (key: string, of: number) => [{ collection: 'c', key, version: of }];
    const commit = (expected: ReturnType<typeof at>, n: number) =>
      store.commit({ isClearing: false, expected, writes: [write('k0', n), write('k1', n)] });
    expect(await commit(at('k0', 0), 5)).toBe(false);
    expect(await commit([...at('k0', version), ...at('k1', 3)], 5)).toBe(false);
    expect(await allPages(store, 10)).toEqual([0]);
    await put(store, write('k0', undefined));
    await put(store, write('k0', 0));
    expect(await commit(at('k0', version), 6)).toBe(false);
    expect(await commit([...at('k0', (await store.get('c', 'k0'))?.version ?? 0), ...at('k1', 0)], 7)).toBe(true);
    expect(await allPages(store, 10)).toEqual([7, 7]);
  });

  it('forgets everything before the writes of a commit that clears', async () => {
    const store = await filled(create(), 3);
    expect(await store.commit({ isClearing: true, expected: [], writes: [write('k7', 7)] })).toBe(true);
    expect(await allPages(store, 10)).toEqual([7]);
    expect(await store.get('c', 'k0')).toBeUndefined();
  });

  it('shows to who pages all that stays, once and in order, whatever else comes and goes', async () => {
    const change = fc.record({ key: fc.integer({ min: 0, max: 60 }), isDeleted: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.array(change, { maxLength: 30 }), { maxLength: 20 }),
        async (count, given) => {
          const rounds = [...given];
          const store = await filled(create(), 50);
          const stays = new Set(await allPages(store, 100));
          const seen = await allPages(store, count, async () => {
            for (const { key, isDeleted } of rounds.shift() ?? []) {
              if (isDeleted) {
                await put(store, write(`k${key}`, undefined));
                stays.delete(key);
              } else if ((await store.get('c', `k${key}`)) === undefined)
                await put(store, write(`k${key}`, 1_000 + key));
            }
          });
          expect(seen.filter((value) => stays.has(value))).toEqual([...stays]);
          expect(new Set(seen).size).toBeGreaterThanOrEqual(stays.size);
        },
      ),
    );
  });
});

describe('the record store in memory', () => {
  it('reads a page late in a long list without walking over those before it', async () => {
    const store = await filled(createMemoryStore(), 50_000);
    const { next } = await store.page(LIST, { count: 49_990 });
    const timeOf = async (after: string | undefined): Promise<number> => {
      const started = performance.now();
      for (let round = 0; round < 2_000; round += 1) await store.page(LIST, { after, count: 5 });
      return performance.now() - started;
    };
    await timeOf(undefined);
    // Walking would cost 10,000 times as much; the margin is for a busy machine.
    expect(await timeOf(next)).toBeLessThan(200 * Math.max(await timeOf(undefined), 1));
  });

  it('does not grow with what was deleted from it', async () => {
    const store = createMemoryStore();
    for (let n = 0; n < 20_000; n += 1) {
      await store.commit({
        isClearing: false,
        expected: [],
        writes: [write(`k${n}`, n), write(`k${n - 3}`, undefined)],
      });
    }
    expect(await allPages(store, 1)).toEqual([19_997, 19_998, 19_999]);
  });
});
