/** Transactions: in turn by key, all or nothing, reading through their own writes, and run again when they have lost. */
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../emulator/core/store/memory/memory-store.ts';
import { createStore, type Store, StoreFailure, type Transaction } from '../../../emulator/core/store/store.ts';
import { createJsonStore } from './json-store.ts';
import { slow, watched } from './troubled-stores.ts';

const group = (name: string, location = 'here') => ({ name, location });

async function names({ resourceGroups }: Pick<Store | Transaction, 'resourceGroups'>): Promise<readonly string[]> {
  return (await resourceGroups.list()).map((one) => `${one.name} ${one.location}`);
}

describe('a transaction', () => {
  it('reads through its own writes, lists included, and others see them when it ends', async () => {
    const store = createStore(createJsonStore());
    await store.transaction('a', async (tx) => {
      for (const name of ['one', 'two', 'three']) await tx.resourceGroups.put(group(name));
    });
    await store.transaction('a', async (tx) => {
      await tx.resourceGroups.get('two');
      await tx.resourceGroups.put(group('two', 'there'));
      expect(await tx.resourceGroups.delete('one')).toBe(true);
      expect(await tx.resourceGroups.delete('one')).toBe(false);
      await tx.resourceGroups.put(group('four'));
      expect(await names(tx)).toEqual(['two there', 'three here', 'four here']);
      expect(await names(store)).toEqual(['one here', 'two here', 'three here']);
    });
    expect(await names(store)).toEqual(['two there', 'three here', 'four here']);
  });

  it('sees nothing but its own writes once it has cleared the store', async () => {
    const store = createStore(createJsonStore());
    await store.transaction('a', (tx) => tx.resourceGroups.put(group('one')));
    await store.transaction('a', async (tx) => {
      tx.clear();
      expect([await tx.resourceGroups.get('one'), await names(tx)]).toEqual([undefined, []]);
      await tx.resourceGroups.put(group('one', 'anew'));
      expect(await names(tx)).toEqual(['one anew']);
    });
    expect(await names(store)).toEqual(['one anew']);
  });

  it('that throws has written nothing, and what waits for its commit does not happen', async () => {
    const store = createStore(createMemoryStore());
    const effects: string[] = [];
    const failed = store.transaction('a', async (tx) => {
      await tx.resourceGroups.put(group('one'));
      tx.onCommitted(() => effects.push('committed'));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect([await names(store), effects]).toEqual([[], []]);
  });

  it('is alone among those of its key, and loses nothing to those of others', async () => {
    const store = createStore(slow(createMemoryStore(), Math.random));
    let running = 0;
    const count = (key: string) =>
      store.transaction(key, async (tx) => {
        if (key === 'a') running += 1;
        expect(running).toBeLessThanOrEqual(1);
        const { location = '0' } = (await tx.resourceGroups.get('sum')) ?? {};
        await tx.resourceGroups.put(group('sum', String(Number(location) + 1)));
        if (key === 'a') running -= 1;
      });
    await Promise.all(['a', 'a', 'a', 'b', 'b', 'c'].map(count));
    expect(await names(store)).toEqual(['sum 6']);
  });

  it('runs again when another one has changed what it only read', async () => {
    const store = createStore(createMemoryStore());
    await store.transaction('a', (tx) => tx.resourceGroups.put(group('read')));
    let runs = 0;
    await store.transaction('a', async (tx) => {
      runs += 1;
      const read = await tx.resourceGroups.get('read');
      if (runs === 1) {
        await store.transaction('b', async (other) => {
          await other.resourceGroups.get('read');
          await other.resourceGroups.put(group('read', 'changed'));
        });
      }
      await tx.resourceGroups.put(group('written', read?.location));
    });
    expect(runs).toBe(2);
    expect(await names(store)).toEqual(['read changed', 'written changed']);
  });

  it('gives up when it loses every time', async () => {
    const records = createMemoryStore();
    records.commit = async () => false;
    const put = createStore(records).transaction('a', (tx) => tx.resourceGroups.put(group('one')));
    await expect(put).rejects.toThrow(StoreFailure);
    await expect(put).rejects.toThrow('20 times in a row');
  });

  it('commits nothing when it has only read', async () => {
    const called: string[] = [];
    const records = watched(createMemoryStore(), { before: ({ name }) => void called.push(name) });
    await createStore(records).transaction('a', (tx) => tx.resourceGroups.get('one'));
    expect(called).toEqual(['get']);
  });

  it('is the only place that writes', async () => {
    const store = createStore(createMemoryStore());
    const writable = store.resourceGroups as Transaction['resourceGroups'];
    await expect(writable.put(group('one'))).rejects.toThrow('outside of a transaction');
  });
});
