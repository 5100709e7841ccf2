/** How the words behind a verb are read. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AzError } from '../../../cli/az/az-error.ts';
import { parseArguments } from '../../../cli/az/parse-arguments.ts';
import type { AzVerb } from '../../../cli/az/verb.ts';

const VERB: AzVerb = {
  path: 'iot thing make',
  summary: 'Make a thing, 100% of it.',
  options: [
    { names: ['--name', '-n'], dest: 'name', isRequired: true, help: 'its name, 100% needed' },
    { names: ['--hubs', '--ih'], dest: 'hubs', kind: 'list', help: 'hubs' },
    { names: ['--rights'], dest: 'rights', kind: 'list', choices: ['Read', 'Write'], help: 'rights' },
    { names: ['--yes', '-y'], dest: 'yes', kind: 'flag', help: 'do not ask' },
    { names: ['--edge-enabled', '--ee'], dest: 'edge', kind: 'boolean', help: 'edge' },
    { names: ['--top'], dest: 'top', kind: 'integer', help: 'how many' },
    { names: ['--payload'], dest: 'payload', kind: 'json', help: 'JSON' },
    { names: ['--tags'], dest: 'tags', kind: 'tags', help: 'tags' },
    { names: ['--policy', '--ap'], dest: 'policy', choices: ['geoLatency', 'static'], help: 'policy' },
  ],
  examples: ['az iot thing make --name x'],
  run: async () => undefined,
};

const parsed = (...words: readonly string[]) => parseArguments(VERB, ['--name', 'x', ...words]);

function complaint(...words: readonly string[]): string {
  try {
    parseArguments(VERB, words);
  } catch (error) {
    if (error instanceof AzError && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error('nothing was complained of');
}

describe('arguments', () => {
  it('are there as they were given, and else not', () => {
    const { args } = parsed('-y', '--top', '12', '--ee');
    expect([args.required('name'), args.isSet('yes'), args.integer('top'), args.isSet('edge')]).toEqual([
      'x',
      true,
      12,
      true,
    ]);
    const none = parsed().args;
    expect(['yes', 'top', 'edge', 'hubs', 'payload', 'tags'].filter((dest) => none.isGiven(dest))).toEqual([]);
    expect([none.isSet('yes'), none.text('policy'), none.list('hubs'), none.json('payload')]).toEqual([
      false,
      undefined,
      [],
      undefined,
    ]);
  });

  it.each([
    [
      ['--hubs', 'a', 'b'],
      ['a', 'b'],
    ],
    [
      ['--ih', 'a b'],
      ['a', 'b'],
    ],
    [
      ['--hubs', ' a  b ', 'c'],
      ['a', 'b', 'c'],
    ],
    [['--hubs=a b'], ['a', 'b']],
    [['--hubs', ''], []],
  ])('of a list are several words or one text: %j', (words, list) => {
    expect(parsed(...words).args.list('hubs')).toEqual(list);
  });

  it('of a list with choices are compared one by one', () => {
    expect(parsed('--rights', 'read WRITE').args.list('rights')).toEqual(['Read', 'Write']);
    expect(complaint('-n', 'x', '--rights', 'Read Erase')).toMatch(
      /^az [a-z ]+: 'Erase' is not a valid value for '--rights'\. Allowed values: Read, Write\.$/,
    );
    expect(complaint('-n', 'x', '--rights', 'Raed')).toMatch(/Allowed values: Read, Write\.\nDid you mean 'Read' \?$/);
  });

  it.each([
    [['--ee'], true],
    [['--ee', 'true'], true],
    [['--ee', 'YES'], true],
    [['--edge-enabled', 'False'], false],
    [['--ee', 'no'], false],
  ])('may be truths with and without a word: %j', (words, value) => {
    expect(parsed(...words).args.isSet('edge')).toBe(value);
    expect(parsed(...words).args.isGiven('edge')).toBe(true);
  });

  it('have choices compared without regard to case', () => {
    expect(parsed('--policy', 'GEOLATENCY').args.text('policy')).toBe('geoLatency');
    expect(parsed('-o', 'TSV').output).toBe('tsv');
  });

  it.each([
    [['--tags', 'a=1', 'b=x=y', 'c'], { a: '1', b: 'x=y', c: '' }],
    [['--tags', ''], {}],
    [['--tags'], {}],
  ])('may be tags: %j', (words, tags) => {
    expect(parsed(...words).args.tags('tags')).toEqual(tags);
  });

  it('may be shortened, as long as it is clear what is meant', () => {
    expect(parsed('--edge', '--pay', '1').args.json('payload')).toBe(1);
    expect(complaint('-n', 'x', '--p', '1')).toMatch(/^ambiguous option: --p could match --payload, --policy/);
  });

  it('for every verb come beside its own', () => {
    const { output, query, emulator } = parsed(
      ...[
        '--query',
        '[].a',
        '--emulator',
        'http://127.0.0.1:1',
        '--subscription',
        's',
        '--only-show-errors',
        '--debug',
        '--verbose',
      ],
    );
    expect({ output, query, emulator }).toEqual({ output: 'json', query: '[].a', emulator: 'http://127.0.0.1:1' });
  });

  it.each([
    [[], 'the following arguments are required: --name/-n'],
    [['--name'], 'argument --name/-n: expected one argument'],
    [['--name', 'x', '--hubs'], 'argument --hubs/--ih: expected at least one argument'],
    [['--name', 'x', 'y'], 'unrecognized arguments: y'],
    [['--name', 'x', '--colour', 'red'], 'unrecognized arguments: --colour ****'],
    [['--name', 'x', '--top', '1.5'], "argument --top: invalid int value: '1.5'"],
    [['--name', 'x', '--ee', 'maybe'], "argument --edge-enabled/--ee: 'maybe' is neither true nor false"],
    [['--name', 'x', '--policy', 'near'], "'near' is not a valid value for '--policy'. Allowed values: "],
    [
      ['--name', 'x', '-o', 'xml'],
      "'xml' is not a valid value for '--output'. Allowed values: json, jsonc, tsv, table, none.",
    ],
    [['--name', 'x', '--payload', '{"a":}'], 'argument --payload: Failed to parse the value as JSON: line 1, column 6'],
  ])('are complained of in the words of az: %j', (words, text) => {
    expect(complaint(...words)).toContain(text);
  });

  it.each([
    ['--kee', Buffer.alloc(32, 3).toString('base64')],
    ['--kee', Buffer.alloc(16, 3).toString('base64')],
    [`--kee=${Buffer.alloc(64, 3).toString('base64')}`],
    [`--p=${Buffer.alloc(64, 3).toString('base64')}`],
  ])('are not repeated when they look like a key: %#', (...words) => {
    const text = complaint('--name', 'x', ...words);
    expect(text).toContain('****');
    expect(text).not.toContain('AwMDAwMD');
  });

  it('are explained on demand, without those that are required, and beside anything else', () => {
    for (const words of [['--help'], ['-h'], ['--colour', '--help']]) {
      const { help = '' } = parseArguments(VERB, words);
      expect(help).toMatch(/^usage: az iot thing make --name NAME \[--hubs /);
      expect(help).toContain('Make a thing, 100% of it.');
      expect(help).toMatch(/--name, -n NAME +its name, 100% needed/);
      expect(help).toContain('examples:\n  az iot thing make --name x');
    }
  });
});

describe('JSON', () => {
  it.each([
    ['{"a": [1, null]}', { a: [1, null] }],
    ['"text"', 'text'],
    ['', {}],
    ["{'a': True, 'b': None, 'c': [1, 2,], 'd': \"it's\"}", { a: true, b: null, c: [1, 2], d: "it's" }],
    ["{'quoted': 'a \"b\" \\'c\\' \\n \\u00fc \\x41'}", { quoted: 'a "b" \'c\' \n ü A' }],
    ["{'word': 'True, None,}'}", { word: 'True, None,}' }],
  ])('is read from the command line, or a Python literal: %s', (text, value) => {
    expect(parsed('--payload', text).args.json('payload')).toEqual(value);
  });

  it.each(['{a: 1}', "{'a': 1", '{"a": 1} x', 'True or False', "{'a': secret}", "{'a'}"])('is not: %s', (text) => {
    const message = complaint('-n', 'x', '--payload', text);
    expect(message).toMatch(/^argument --payload: Failed to parse the value as JSON: line 1, column \d+: /);
    expect(message).not.toContain('secret');
  });

  it('is read from a file, with or without a byte-order mark, whose name a complaint tells', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dps-emulator-az-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const [good, bad] = [join(directory, 'good.json'), join(directory, 'bad.json')];
    await writeFile(good, '\u{feff}{"a": 1}\n');
    await writeFile(bad, '{\n"a" 1}');
    expect(parsed('--payload', `@${good}`).args.json('payload')).toEqual({ a: 1 });
    expect(complaint('-n', 'x', '--payload', `@${bad}`)).toContain(`Failed to parse ${bad} as JSON: line 2, column 5`);
    expect(complaint('-n', 'x', '--payload', '@nope.json')).toContain('the file nope.json cannot be read (ENOENT)');
  });
});
