import { describe, expect, it } from 'vitest';
import { paintFor, printable } from '../../cli/terminal.ts';

describe('colour', () => {
  it.each([
    ['a terminal', { isTTY: true, env: {} }, true],
    ['a pipe', { isTTY: undefined, env: {} }, false],
    ['a terminal with NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['a terminal with an empty NO_COLOR', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, false],
  ])('on %s', (_where, surroundings, isColoured) => {
    expect(paintFor(surroundings).bad('no')).toBe(isColoured ? '\u001b[31mno\u001b[0m' : 'no');
  });
});

it('text of others cannot steer the terminal or break the line', () => {
  expect(printable('a\u001b[2Jb\nc\r\u0007\u202ed\u2028')).toBe('a\\u{1b}[2Jb\\nc\\r\\u{7}\\u{202e}d\\u{2028}');
  expect(printable('Wärmepumpe 7 °C — 65 %')).toBe('Wärmepumpe 7 °C — 65 %');
});
