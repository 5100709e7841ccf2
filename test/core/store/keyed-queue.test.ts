import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createKeyedQueue } from '../../../emulator/core/store/keyed-queue.ts';

/** A turn that lasts until it is told to end. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('the keyed queue', () => {
  it('runs the turns of one key one after the other, in order', async () => {
    const queue = createKeyedQueue();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await turn();
      log.push(`${name} ends`);
      return name;
    };
    const turns = ['a', 'b', 'c'].map((name) => queue.turn('key', work(name)));
    expect(await Promise.all(turns)).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('lets another key go on while one is held', async () => {
    const queue = createKeyedQueue();
    const { opened, open } = gate();
    const held = queue.turn('a', () => opened);
    expect(await queue.turn('b', async () => 'done')).toBe('done');
    open();
    await held;
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('goes on after a turn that %s, and tells its own caller', async (_how, work) => {
    const queue = createKeyedQueue();
    const first = queue.turn('a', async () => 'first');
    const broken = queue.turn('a', work);
    const last = queue.turn('a', async () => 'last');
    await expect(broken).rejects.toThrow('broken');
    expect(await Promise.all([first, last])).toEqual(['first', 'last']);
  });

  it('queues a turn that is asked for inside a turn behind it', async () => {
    const queue = createKeyedQueue();
    const log: string[] = [];
    let inner: Promise<void> | undefined;
    await queue.turn('a', async () => {
      inner = queue.turn('a', async () => {
        log.push('inner');
      });
      await turn();
      log.push('outer ends');
    });
    await inner;
    expect(log).toEqual(['outer ends', 'inner']);
  });
});
