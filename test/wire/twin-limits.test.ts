import { describe, expect, it } from 'vitest';
import type { InitialTwin, JsonObject, JsonValue } from '../../emulator/wire/twin.ts';
import { twinFaults } from '../../emulator/wire/twin-limits.ts';

/** Objects nested so many levels below tags, with a plain value in the innermost. */
function nested(levels: number, leaf: JsonValue = 'value'): JsonObject {
  let inner: JsonObject = { property: leaf };
  for (let level = 0; level < levels; level += 1) inner = { [`level${levels - level}`]: inner };
  return inner;
}

const tags = (value: JsonObject): InitialTwin => ({ tags: value });
const desired = (value: JsonObject): InitialTwin => ({ properties: { desired: value } });
const texts = (count: number, bytes: number): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'x'.repeat(bytes - 2)]));

const good: readonly (readonly [string, InitialTwin])[] = [
  ['an empty twin', {}],
  ['nulls at every level', { tags: null, properties: { desired: null } }],
  ['properties that are null', { properties: null }],
  ['null, booleans, numbers and arrays as values', tags({ a: null, b: true, c: 1.5, d: [1, 'x', { e: [] }] })],
  ['tags of exactly 8 KB', tags(texts(2, 4096))],
  ['desired properties of exactly 32 KB', desired(texts(8, 4096))],
  ['a number as 8 bytes and a boolean as 4, however long they are written', tags({ ...texts(1, 4096), ...texts2() })],
  ['objects nested 10 deep, as the documentation shows', tags(nested(10))],
  ['an array in the ninth object', tags(nested(9, ['x', 1]))],
  ['a key of 1 KB', tags({ ['k'.repeat(1024)]: 1 })],
  ['a string of 4 KB', tags({ k: 'x'.repeat(4096) })],
  ['the largest and the smallest integer', tags({ max: 4503599627370495, min: -4503599627370496 })],
  ['a large number that is no integer', tags({ k: 1234567.5 })],
  ['keys with all that is allowed', tags({ 'a-b_c:d/e@f#g%ü€': 1 })],
];

/** 4,096 bytes as the hub counts: 341 numbers with 4-byte keys, one string for the rest. */
function texts2(): JsonObject {
  const numbers = Array.from({ length: 341 }, (_, index) => [`n${String(index).padStart(3, '0')}`, 123456789.123456]);
  return { ...Object.fromEntries(numbers), r: 'xxx' };
}

const bad: readonly (readonly [string, InitialTwin, RegExp])[] = [
  ['tags of 8 KB and one byte', tags({ ...texts(2, 4096), '': 'x' }), /^tags is 8193 bytes; at most 8192/],
  [
    'desired properties of 32 KB and one byte',
    desired({ ...texts(8, 4096), '': 'x' }),
    /^properties\.desired is 32769 bytes; at most 32768/,
  ],
  ['objects nested 11 deep', tags(nested(11)), /level11 is nested deeper than 10 levels/],
  ['a key of 1 KB and one byte', tags({ ['k'.repeat(1025)]: 1 }), /^a key in tags is longer than 1024 bytes$/],
  ['a key of fewer characters and more bytes', tags({ ['ü'.repeat(513)]: 1 }), /longer than 1024 bytes/],
  ['a string of 4 KB and one byte', tags({ k: 'x'.repeat(4097) }), /^tags\.k is a string of 4097 bytes; at most 4096/],
  ['such a string in an array', tags({ k: [1, 'x'.repeat(4097)] }), /^tags\.k\[1\] is a string of 4097 bytes/],
  ['an integer above the largest', tags({ k: 4503599627370496 }), /^tags\.k is 4503599627370496; integers must lie/],
  ['an integer below the smallest', desired({ k: -4503599627370497 }), /^properties\.desired\.k is -4503599627370497/],
  ...['a.b', '$a', 'a b', 'a\u0000b', 'a\u001fb', 'a\u0085b'].map(
    (key) =>
      [`the key ${JSON.stringify(key)}`, tags({ in: { [key]: 1 } }), /^the key .* in tags\.in has a control/] as const,
  ),
];

describe('the limits of a twin [dps-service-behaviour §6]', () => {
  it.each(good)('allow %s', (_title, twin) => {
    expect(twinFaults(twin)).toEqual([]);
  });

  it.each(bad)('refuse %s', (_title, twin, fault) => {
    const faults = twinFaults(twin);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  it('name every fault, not only the first', () => {
    expect(twinFaults({ tags: { 'a.b': 4503599627370496 }, properties: { desired: { $x: 1 } } })).toHaveLength(3);
  });
});
