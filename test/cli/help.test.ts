/** docs/cli.md against the program, both ways: every command has its chapter, every option its row, and an example. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { longFlag } from '../../cli/start/gather-options.ts';
import { OPTIONS } from '../../emulator/config.ts';
import { run, temporaryHome } from './support/in-process.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
const chapters = new Map(
  text
    .split(/^### /m)
    .slice(1)
    .map((chapter) => [/^`([a-z ]+)`/.exec(chapter)?.[1] ?? chapter.slice(0, 40), chapter]),
);
const inConfiguration = new Set(Object.values(OPTIONS).map(({ flag }) => longFlag(flag)));

async function helpOf(args: readonly string[]): Promise<string> {
  const { code, stdout } = await run(await temporaryHome(), [...args, '--help']);
  expect(code, args.join(' ')).toBe(0);
  return stdout;
}

function commandsIn(help: string): readonly string[] {
  const list = help.split('Commands:\n')[1]?.split('\n\n')[0] ?? '';
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].flatMap(([, name]) =>
    name === undefined || name === 'help' ? [] : [name],
  );
}

function optionsIn(help: string): readonly string[] {
  return [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

describe('docs/cli.md', () => {
  it('has a chapter for each command, and for no other', async () => {
    const names: string[] = [];
    for (const name of commandsIn(await helpOf([]))) {
      const inner = commandsIn(await helpOf([name]));
      names.push(...(inner.length === 0 ? [name] : inner.map((one) => `${name} ${one}`)));
    }
    expect(names.length).toBeGreaterThan(12);
    expect(names.toSorted()).toEqual([...chapters.keys()].toSorted());
  });

  it.each([...chapters.keys()])('names the options of %s, whose help has an example', async (name) => {
    const help = await helpOf(name.split(' '));
    expect(help).toMatch(new RegExp(`\\nExamples?:\n {2}\\$ .*${name.replace(' show', '')}`));
    const offered = optionsIn(help).filter((option) => option !== '--help');
    const expected = ['start', 'exec'].includes(name)
      ? offered.filter((option) => !inConfiguration.has(option))
      : offered;
    const documented = [...(chapters.get(name) ?? '').matchAll(/^\| `(--[a-z-]+)` \|/gm)].map(([, option]) => option);
    expect(documented.toSorted()).toEqual(expected.toSorted());
  });

  it('start has a flag for every option of the table', async () => {
    const offered = optionsIn(await helpOf(['start']));
    for (const flag of inConfiguration) expect(offered).toContain(flag);
  });
});

describe('dps-emulator', () => {
  it.each([
    [[], 'Usage: dps-emulator'],
    [['begin'], "error: unknown command 'begin'"],
    [['start', '--prot', '1'], "error: unknown option '--prot'"],
    [['register'], "error: missing required argument 'id'"],
    [['register', 'a', 'b'], 'error: too many arguments'],
    [['register', 'a', '--transport', 'amqp'], "error: option '--transport <transport>' argument 'amqp' is invalid"],
    [['sas'], 'Usage: dps-emulator sas'],
    [['start', 'http://x/?code=secret'], 'error: too many arguments'],
    [['sas', 'make', 'a', '--spelling', '?code=secret'], "argument '?code=****' is invalid"],
  ])('ends with 2 at %j', async (args, complaint) => {
    const { code, stdout, stderr } = await run(await temporaryHome(), args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(complaint);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(stderr).not.toContain('secret');
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(await run(await temporaryHome(), ['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
