import { describe, expect, it } from 'vitest';
import { CONTOSO_GROUP_KEY } from '../../../emulator/wire/contoso.ts';
import { stableText } from './stable-text.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const LONG_KEY = Buffer.alloc(64, 9).toString('base64');

const shown = (output: string, isClockExact = false): string =>
  stableText(output, {
    ports: [{ actual: 41234, printed: 8883 }],
    directories: [['/tmp/a-run/home', '/home/you']],
    isClockExact,
  });

describe('what an output becomes on a page', () => {
  it.each([
    ['a key', `SharedAccessKey=${KEY}`, 'SharedAccessKey=<key>'],
    ['a long key in quotes', `"${LONG_KEY}"`, '"<key>"'],
    ['the key of the demo', CONTOSO_GROUP_KEY, CONTOSO_GROUP_KEY],
    ['an etag', '"etag": "AAAA=",', '"etag": "<etag>",'],
    ['an etag within text', String.raw`{"etag":"\"be11d9e9-0000\""}`, '{"etag":"<etag>"}'],
    ['an operation id', '5.ca79d6ab5efbc9f3.3dfd6442-85e6-4fc6-8d34-ab902d88218a', '<operation id>'],
    ['an ID scope', '"0ne0A1B2C3D"', '"<ID scope>"'],
    ['the ID scope of the demo', '0ne00002193', '0ne00002193'],
    ['a function key', `?code=${'x'.repeat(43)}`, '?code=<function key>'],
    ['a function key that the page gives', '?code=my-function-key', '?code=my-function-key'],
    ['an instant', '"2026-11-24T02:25:25.1240000Z"', '"<instant>"'],
    ['a duration', 'webhook call 1 answered 200, after 52 ms', 'webhook call 1 answered 200, after <n> ms'],
    ['a wait', 'register answered 202, retry after 3 s', 'register answered 202, retry after 3 s'],
    ['the version', 'dps-emulator 1.2.3 is ready', 'dps-emulator <version> is ready'],
    ['a port', 'localhost:41234, and 412345', 'localhost:8883, and 412345'],
    ['a directory', '/tmp/a-run/home/ca/ca.pem', '/home/you/ca/ca.pem'],
    ['how long something took', '+0.054 s  assigned', '+n.nnn s  assigned'],
  ])('%s', (_what, output, expected) => {
    expect(shown(output)).toBe(`${expected}\n`);
  });

  it('keeps instants that the clock makes exact', () => {
    expect(shown('+415.000 s  failed', true)).toBe('+415.000 s  failed\n');
  });

  it('is nothing for nothing', () => {
    expect(shown('\n')).toBe('');
  });

  it('is the beginning and the end of a long list, and the beginning of a long line of JSON', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);
    expect(shown(lines.join('\n')).split('\n')).toEqual([...lines.slice(0, 16), '  …', 'line 59', '']);
    expect(shown(`body {"a":"${'b'.repeat(200)}"}`)).toHaveLength(161);
    expect(shown('word '.repeat(60))).toBe(`${'word '.repeat(60).trimEnd()}\n`);
  });
});
