/** A command line is split as a shell splits it, and nothing else of a shell happens. */
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../contracts/case-devices/split-words.ts';

describe('a command line', () => {
  it.each([
    ['./device --key {key}', ['./device', '--key', '{key}']],
    ['  a   b\tc ', ['a', 'b', 'c']],
    [`"my device" 'it is' "it's"`, ['my device', 'it is', "it's"]],
    [`--name="a b"c`, ['--name=a bc']],
    [`a "" b`, ['a', '', 'b']],
    ['a\\ b', ['a b']],
    [`"say \\"hi\\""`, ['say "hi"']],
    [`'a\\b'`, ['a\\b']],
    ['C:\\Tools\\device.exe --x', ['C:\\Tools\\device.exe', '--x']],
    ['a; rm -rf $HOME `id` | b > c && d', ['a;', 'rm', '-rf', '$HOME', '`id`', '|', 'b', '>', 'c', '&&', 'd']],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it.each([
    [`./device "open`, 'the quote " is never closed'],
    [`./device 'open`, "the quote ' is never closed"],
    ['', 'names no program'],
    ['   ', 'names no program'],
    [`"" a`, 'names no program'],
  ])('%j is refused', (line, told) => {
    expect(() => splitWords(line)).toThrow(told);
  });
});
