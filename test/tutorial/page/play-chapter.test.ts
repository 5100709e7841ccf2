import { describe, expect, it } from 'vitest';
import { type Chapter, chaptersOf } from './chapters.ts';
import { playChapter } from './play-chapter.ts';

function chapter(text: string): Chapter {
  const [only] = chaptersOf(text);
  if (only === undefined) throw new Error('no chapter');
  return only;
}

const block = (info: string, content: string): string => `\`\`\`${info}\n${content}\`\`\`\n`;

describe('playing a chapter', () => {
  it('gives a page that is right back as it is: variables, aliases, files and failures included', async () => {
    const { text, ...rest } = chapter(
      [
        'Prose.\n',
        block('js greet.mjs', "console.log('hello', process.argv[2]);\n"),
        block('console', '$ NAME=reader\n$ alias greet="node greet.mjs"\n'),
        block(
          'console',
          '$ greet \\\n    $NAME\nhello reader\n$ cat nothing\ncat: nothing: No such file or directory\n',
        ),
      ].join('\n'),
    );
    expect(await playChapter({ text, ...rest })).toBe(text);
  });

  it('puts in what a command prints today', async () => {
    const written = chapter(block('console', '$ echo new\nold\n$ true\nsomething\n'));
    expect(await playChapter(written)).toBe(block('console', '$ echo new\nnew\n$ true\n'));
  });

  it('keeps the programs of other terminals running until its end, at ports of its own, and ends them', async () => {
    const server = [
      "import { createServer } from 'node:http';",
      "createServer((_, response) => response.end(process.pid + '\\n')).listen(7072, '127.0.0.1', () => console.log('at 7072'));",
      '',
    ].join('\n');
    const text = [
      block('js server.mjs', server),
      block('console terminal', '$ node server.mjs\nat 7072\n'),
      block('console', '$ curl --silent http://127.0.0.1:7072/\n'),
    ].join('\n');
    const played = await playChapter(chapter(text));
    expect(played).toContain('$ node server.mjs\nat 7072\n');
    const pid = Number(/:7072\/\n(\d+)\n/.exec(played)?.[1]);
    expect(pid).toBeGreaterThan(0);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('fails where a program ends that should go on', async () => {
    const text = block('console terminal', '$ exit 3\n');
    await expect(playChapter(chapter(text))).rejects.toThrow('ended with 3');
  });
});
