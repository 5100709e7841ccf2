import { describe, expect, it } from 'vitest';
import { chaptersOf } from './chapters.ts';

const PAGE = `# Title

Prose.

## One

\`\`\`console
$ first --option \\
    --other
output
$ second
\`\`\`

\`\`\`console terminal
$ goes-on
\`\`\`

## Two

\`\`\`js program.mjs
console.log('$ no command');
\`\`\`

\`\`\`sh
$ not played
\`\`\`
`;

describe('a page that can be played', () => {
  it('has a chapter for each heading of the second level, and nothing is lost between them', () => {
    const chapters = chaptersOf(PAGE);
    expect(chapters.map(({ title }) => title)).toEqual(['', 'One', 'Two']);
    expect(chapters.map(({ text }) => text).join('')).toBe(PAGE);
  });

  it('has commands in console blocks, which go on after a backslash, and programs in terminals of their own', () => {
    const parts = chaptersOf(PAGE)[1]?.parts.filter(({ kind }) => kind !== 'text');
    expect(parts).toEqual([
      { kind: 'console', info: 'console', commands: ['first --option \\\n    --other', 'second'] },
      { kind: 'terminal', info: 'console terminal', commands: ['goes-on'] },
    ]);
  });

  it('has files where a block says its name; other blocks are prose', () => {
    const parts = chaptersOf(PAGE)[2]?.parts;
    expect(parts?.map(({ kind }) => kind)).toEqual(['text', 'file', 'text']);
    expect(parts?.[1]).toMatchObject({ name: 'program.mjs', content: "console.log('$ no command');\n" });
  });
});
