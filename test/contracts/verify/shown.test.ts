import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { curlLine } from '../../../contracts/verify/curl-line.ts';
import { shownText } from '../../../contracts/verify/shown-text.ts';
import { createMasker, maskQueryValues, namesASecret, secretsOfUrl } from '../../../emulator/wire/mask.ts';

describe('the URL of a webhook', () => {
  it.each([
    ['http://h/api/f?code=a', 'http://h/api/f?code=****'],
    ['http://h/api/f?code=a&x=b&c', 'http://h/api/f?code=****&x=****&c=****'],
    ['https://me:secret@h/f', 'https://me:****@h/f'],
    ['http://h/f', 'http://h/f'],
  ])('%s is shown as %s', (url, shown) => {
    expect(maskQueryValues(url)).toBe(shown);
  });
});

const maskOf = (url: string) => createMasker(secretsOfUrl(url, namesASecret)).text;

describe('the mask', () => {
  it.each([
    ['as it stands in the URL', 'echo: a%2Fb%2Bc%3D%3D'],
    ['decoded', 'echo: a/b+c=='],
    ['in another parameter', '?k=a/b+c=='],
  ])('hides a key that the webhook echoes %s', (_how, text) => {
    const masked = maskOf('http://h/f?code=a%2Fb%2Bc%3D%3D')(text);
    expect(masked).toContain('****');
    expect(masked).not.toMatch(/a(%2F|\/)b/);
  });

  it('leaves a parameter alone that is no key, such as a hub', () => {
    expect(maskOf('http://h/f?hub=one.example')('to one.example')).toBe('to one.example');
  });

  it('is laid on before text is shortened, so that no half of a key stays', () => {
    const mask = maskOf('http://h/f?code=0123456789');
    const shown = shownText({ detail: `${'x'.repeat(295)}0123456789` }, mask);
    expect(shown.detail).toBe(`${'x'.repeat(295)}****`);
  });
});

describe('a curl line', () => {
  /** What a shell makes of the line, in the place of curl. */
  function argumentsOf(line: string): readonly string[] {
    const program = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const text = execFileSync('sh', ['-c', `node -e '${program}' -- ${line.replace(/^curl /, '')}`], {
      encoding: 'utf8',
    });
    return JSON.parse(text) as readonly string[];
  }

  it('reaches curl as it was meant, whatever the request holds', () => {
    const request = { id: `'; rm -rf $HOME \`x\` "\\ \n\u0000\u202e漢 \ud800`, list: ["'"] };
    const line = curlLine({ url: "http://h/f?code=k'ey", body: JSON.stringify(request), showKeys: true });
    expect(line).toMatch(/^[ -~]+$/);
    const args = argumentsOf(line);
    expect(JSON.parse(args[args.indexOf('--data-binary') + 1] ?? '')).toEqual(request);
    expect(args.at(-1)).toBe(new URL("http://h/f?code=k'ey").href);
  });

  it('hides the function key unless it is told to show it', () => {
    const line = curlLine({ url: 'http://h/f?code=secret', body: '{}', showKeys: false });
    expect(line).not.toContain('secret');
    expect(argumentsOf(line).at(-1)).toBe('http://h/f?code=****');
  });
});
