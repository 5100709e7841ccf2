import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyCommand } from '../../../cli/verify.ts';
import { ExpectationsSchema } from '../../../contracts/verify/expectations.ts';
import { RULES } from '../../../contracts/verify/rules.ts';

const text = await readFile(join(import.meta.dirname, '../../../docs/verify.md'), 'utf8');

/** Cells of the rows between a heading and the next one. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}

describe('docs/verify.md', () => {
  it('has a row for every rule, in the words of the code', () => {
    const rules = Object.entries(RULES).map(([id, rule]) => [
      `\`${id}\``,
      rule.requirement,
      `${rule.confidence}: ${rule.source}`,
    ]);
    expect(rowsBelow('Rules')).toEqual(rules);
  });

  it('has every option, and no other', () => {
    const documented = rowsBelow('Options').flatMap(([cell = '']) => cell.match(/--[a-z-]+/g) ?? []);
    const declared = verifyCommand().options.map((option) => option.long);
    expect([...documented].sort()).toEqual([...declared].sort());
  });

  it('has every member of a rule of one’s own, and no other', () => {
    const documented = rowsBelow('Your own rules').flatMap(([cell = '']) => cell.match(/\w+/g) ?? []);
    const members = Object.keys(ExpectationsSchema.properties.rules.items.properties);
    expect(documented.filter((word) => word !== 'or' && word !== 'true').sort()).toEqual([...members].sort());
  });
});
