/** `--query` and `--output` on answers, as the Azure CLI prints them. */
import { describe, expect, it } from 'vitest';
import { AzError } from '../../../cli/az/az-error.ts';
import { checkQuery, type OutputFormat, rendered } from '../../../cli/az/output.ts';
import { tableLines } from '../../../cli/az/table.ts';
import type { JsonValue } from '../../../emulator/wire/twin.ts';

const DEVICE = {
  zone: 'west',
  deviceId: 'a',
  etag: 'AAA=',
  count: 2,
  isEdge: false,
  nothing: null,
  tags: { b: 1, a: [1, 2] },
  hubs: ['x', 'y'],
};

function print(value: JsonValue, format: OutputFormat, query?: string, isColoured = false): readonly string[] {
  return rendered(value, { format, query, isColoured });
}

function thrownBy(action: () => unknown): AzError {
  try {
    action();
  } catch (error) {
    if (error instanceof AzError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('json', () => {
  it('has its members sorted by name, at every depth, and an indent of two', () => {
    expect(print({ b: { d: 1, c: [{ f: 1, e: null }] }, a: 'ü' }, 'json')).toEqual([
      [
        '{',
        '  "a": "ü",',
        '  "b": {',
        '    "c": [',
        '      {',
        '        "e": null,',
        '        "f": 1',
        '      }',
        '    ],',
        '    "d": 1',
        '  }',
        '}',
      ].join('\n'),
    ]);
  });

  it.each([
    ['a text', 'text', '"text"'],
    ['a number', 4, '4'],
    ['an empty list', [], '[]'],
    ['false', false, 'false'],
  ])('is printed for %s', (_what, value, text) => {
    expect(print(value, 'json')).toEqual([text]);
  });

  it('is coloured as jsonc, where colours may be used', () => {
    expect(print({ name: 'a', count: 2, ok: true }, 'jsonc')).toEqual(print({ name: 'a', count: 2, ok: true }, 'json'));
    const [text = ''] = print({ name: 'a"b', count: -2.5, ok: true }, 'jsonc', undefined, true);
    expect(text).toContain('\u001b[34m"name"\u001b[0m: \u001b[33m"a\\"b"\u001b[0m');
    expect(text).toContain('\u001b[36m-2.5\u001b[0m');
    expect(text).toContain('\u001b[36mtrue\u001b[0m');
    const plain = ['0', '33', '34', '36'].reduce((rest, code) => rest.replaceAll(`\u001b[${code}m`, ''), text);
    expect([plain]).toEqual(print({ name: 'a"b', count: -2.5, ok: true }, 'json'));
  });
});

describe('tsv', () => {
  it.each<[string, JsonValue, string | undefined, readonly string[]]>([
    ['a text without quotes', 'text', undefined, ['text']],
    ['a lone truth in lower case', true, undefined, ['true']],
    ['a list of texts, one a line', ['a', 'b'], undefined, ['a', 'b']],
    ['nothing for an empty list', [], undefined, []],
    ['an object as a row, its members sorted by name', DEVICE, undefined, ['2\ta\tAAA=\t2\tFalse\tNone\t\twest']],
    ['what a query makes in the order of the query', DEVICE, '{z: zone, c: count, e: isEdge}', ['west\t2\tFalse']],
    ['a list of a query as a row', [DEVICE], '[].[deviceId, hubs, tags, nothing]', ['a\t2\t\tNone']],
    ['an object inside a query sorted, as it came', { one: { b: 1, a: 2 } }, 'one', ['2\t1']],
    ['a missing value in a list', [null, 'a'], undefined, ['None', 'a']],
  ])('prints %s', (_what, value, query, lines) => {
    expect(print(value, 'tsv', query)).toEqual(lines);
  });
});

describe('table', () => {
  it('has a column for each scalar, sorted, without id, type and etag', () => {
    expect(
      print(
        [
          { ...DEVICE, id: '/x', type: 't' },
          { deviceId: 'longer-than-its-name', extra: true },
        ],
        'table',
      ),
    ).toEqual([
      'Count    DeviceId              IsEdge    Zone    Extra',
      '-------  --------------------  --------  ------  -------',
      '2        a                     False     west',
      '         longer-than-its-name                    True',
    ]);
  });

  it('has the columns of a query in its order, and leaves etag out of them too', () => {
    const query = '[].{Zone: zone, etag: etag, Tag: etag, Count: count}';
    expect(print([DEVICE], 'table', query)).toEqual([
      'Zone    Tag    Count',
      '------  -----  -------',
      'west    AAA=   2',
    ]);
  });

  it('numbers the columns of rows that have no names, and calls a lone value a result', () => {
    expect(tableLines([['a', 1]])).toEqual(['Column1    Column2', '---------  ---------', 'a          1']);
    expect(tableLines('text')).toEqual(['Result', '--------', 'text']);
    expect(tableLines([])).toEqual([]);
  });

  it('cannot be broken by what is in it', () => {
    expect(tableLines([{ name: 'a\n\u001b[31mb' }])[2]).toBe('a\\n\\u{1b}[31mb');
  });
});

describe('none, and a query that selects nothing', () => {
  it.each<[OutputFormat, string | undefined]>([
    ['none', undefined],
    ['json', 'nope'],
    ['tsv', 'nope'],
    ['table', 'nope'],
  ])('print nothing: %s, %s', (format, query) => {
    expect(print(DEVICE, format, query)).toEqual([]);
  });
});

describe('a query', () => {
  it.each([
    'a',
    'length(@)',
    '[?contains(name, `x`)].name',
    'sort_by(@, &name)',
    "join(',', [].name)",
  ])('is an expression before there is an answer: %s', (query) => {
    expect(() => checkQuery(query)).not.toThrow();
  });

  it.each(['a b', 'foo[', '"', 'nope(@)', '', '#'])('is told to be none: %j', (query) => {
    const error = thrownBy(() => checkQuery(query));
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(`argument --query: invalid jmespath_type value: '${query}'`);
  });

  it('that does not fit the answer ends with 1', () => {
    const error = thrownBy(() => print(DEVICE, 'json', 'keys(zone)'));
    expect(error.exitCode).toBe(1);
    expect(error.message).toMatch(/^Invalid jmespath query supplied for `--query`: TypeError: keys\(\)/);
  });
});
