import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../emulator/wire/duration.ts';

describe('a duration on the command line', () => {
  it.each([
    ['415s', 415_000],
    ['7m', 420_000],
    ['1500ms', 1500],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['0s', 0],
    ['2d', 172_800_000],
    ['1m1ms', 60_001],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '415',
    's',
    '-1s',
    '1 s',
    '1e3s',
    '5x',
    '1s2',
    '1.s',
    'Infinitys',
    '99999999999999999d',
  ])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([
    [415_000, '415 s'],
    [1500, '1.5 s'],
    [12.4, '12 ms'],
    [2.34, '2.3 ms'],
    [0, '0 ms'],
  ])('%d ms is shown as "%s"', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
