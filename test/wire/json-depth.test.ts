import { describe, expect, it } from 'vitest';
import { isTooDeep } from '../../emulator/wire/json-depth.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';

const nested = (levels: number, wrap: (inner: JsonValue) => JsonValue): JsonValue =>
  levels === 0 ? 1 : wrap(nested(levels - 1, wrap));
const inArray = (inner: JsonValue): JsonValue => [0, inner];
const inObject = (inner: JsonValue): JsonValue => ({ a: 0, b: inner });

describe('how deep JSON may be nested', () => {
  it.each([null, 1, 'x', true, [], {}, [[]], { a: [{}] }])('%j is not too deep', (value) => {
    expect(isTooDeep(value)).toBe(false);
  });

  it.each([
    ['arrays', 1, inArray],
    ['objects', 1, inObject],
    ['both in turn', 2, (inner: JsonValue) => inArray(inObject(inner))],
  ])('64 levels of %s are the most', (_title, step, wrap) => {
    expect(isTooDeep(nested(64 / step, wrap))).toBe(false);
    expect(isTooDeep(nested(64 / step + 1, wrap))).toBe(true);
  });

  it('is told of JSON that no recursion could walk over', () => {
    expect(isTooDeep(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toBe(true);
  });
});
