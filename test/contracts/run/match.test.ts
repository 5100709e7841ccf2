/** How an expected value is compared with what came. */
import { describe, expect, it } from 'vitest';
import { type MatchOptions, match } from '../../../contracts/run/match.ts';
import type { JsonValue } from '../../../emulator/wire/twin.ts';

const keyOf = (device: string): string | undefined => (device === 'a' ? 'key of a' : undefined);
const exact: MatchOptions = { mode: 'exact', keyOf };
const partial: MatchOptions = { mode: 'partial', keyOf };

type Row = readonly [expected: JsonValue, actual: JsonValue | undefined];

const SAME: readonly Row[] = [
  [1, 1],
  [null, null],
  [
    { b: 1, a: 2 },
    { a: 2, b: 1 },
  ],
  [
    [1, [2]],
    [1, [2]],
  ],
  [{ $absent: true }, undefined],
  [{ $any: true }, null],
  [{ $contains: 'code: 4' }, 'status code: 404'],
  [{ $matches: '^a.c$' }, 'abc'],
  [{ $oneOf: [1, { x: 1 }] }, { x: 1 }],
  [{ $keyOf: 'a' }, 'key of a'],
  [
    { $keys: ['b', 'a'], a: 1 },
    { b: 2, a: 1 },
  ],
];

const DIFFERENT: readonly Row[] = [
  [1, '1'],
  [null, undefined],
  ['a', 'A'],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: 1 }, [1]],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, 2]],
  [{ $absent: true }, null],
  [{ $any: true }, undefined],
  [{ $contains: 'x' }, 7],
  [{ $matches: '^a' }, 'ba'],
  [{ $oneOf: [1, 2] }, 3],
  [{ $keyOf: 'a' }, 'another key'],
  [{ $keyOf: 'b' }, undefined],
  [{ $keys: ['a', 'b'] }, { b: 1, a: 1 }],
  [{ $keys: ['a'], a: 2 }, { a: 1 }],
];

describe('an expected value', () => {
  it.each(SAME)('%j accepts %j', (expected, actual) => {
    expect(match(expected, actual, 'x', exact)).toEqual([]);
  });

  it.each(DIFFERENT)('%j does not accept %j', (expected, actual) => {
    expect(match(expected, actual, 'x', exact)).not.toEqual([]);
  });

  it('may be partial, down to $exactly', () => {
    expect(match({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, 'x', partial)).toEqual([]);
    expect(match({ a: { $exactly: {} } }, { a: {} }, 'x', partial)).toEqual([]);
    expect(match({ a: { $exactly: {} } }, { a: { key: 1 } }, 'x', partial)).toEqual([
      { path: 'x.a.key', actual: 1, says: 'is not expected' },
    ]);
  });

  it('names the very leaf that differs', () => {
    const actual = {
      list: [
        { name: 'a', n: 1 },
        { name: 'b', n: 3 },
      ],
    };
    expect(match({ list: [{ n: 1 }, { n: 2 }] }, actual, 'expect', partial)).toEqual([
      { path: 'expect.list[1].n', expected: 2, actual: 3 },
    ]);
  });
});
