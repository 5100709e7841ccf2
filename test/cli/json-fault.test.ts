import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../cli/json-fault.ts';

describe('a text that is not JSON', () => {
  it.each([
    ['', 1, 1, 'a value is missing: the text ends here'],
    ['{"a":1', 1, 7, '"," or "}" is missing: the text ends here'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, '"," or "}" is missing'],
    ['{"a": 1,}', 1, 8, 'no comma may stand before "}"'],
    ['[1,\n 2,\n]', 2, 3, 'no comma may stand before "]"'],
    ['{a: 1}', 1, 2, 'the name of a member must stand in double quotes'],
    ['{"a" 1}', 1, 6, '":" is missing'],
    ["['x']", 1, 2, 'JSON strings stand in double quotes'],
    ['{\n  // why\n}', 2, 3, 'the name of a member must stand in double quotes'],
    ['[ // why\n]', 1, 3, 'JSON has no comments'],
    ['{"a": undefined}', 1, 7, 'text must stand in double quotes; the only bare words are true, false, null'],
    ['{"a": "x\ny"}', 1, 9, 'the string is not closed'],
    ['"\\x"', 1, 2, 'this escape is not known in JSON'],
    ['{} {}', 1, 4, 'the document ends here; nothing may follow'],
    ['01', 1, 2, 'the document ends here; nothing may follow'],
  ])('%j is faulty in line %d, column %d', (text, line, column, message) => {
    expect(jsonFault(text)).toEqual({ line, column, message });
  });

  it('is told apart from JSON exactly as JSON.parse does', () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', ']', '\\', ':', '1', ' ', '\n', 'e', '-', '\u0001'),
      )
      .map(([text, at, piece]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), broken, fc.string()), (text) => {
        expect(jsonFault(text) === undefined).toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
