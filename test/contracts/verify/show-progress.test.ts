import { describe, expect, it } from 'vitest';
import { showProgress } from '../../../cli/verify/show-progress.ts';

describe('the progress line', () => {
  it.each([
    [true, '\r\u001b[K1 of 2 sent\r\u001b[K'],
    [false, ''],
    [undefined, ''],
  ])('is written and cleared on a terminal alone (isTTY: %s)', (isTTY, expected) => {
    let written = '';
    const line = showProgress({ isTTY, write: (text) => (written += text) });
    line.step(1, 2);
    line.clear();
    expect(written).toBe(expected);
  });
});
