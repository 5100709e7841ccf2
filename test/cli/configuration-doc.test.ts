/** docs/configuration.md against the code, both ways: each option and each member of the set-up has its row. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTIONS, type OptionRow, variableOf } from '../../emulator/config.ts';
import { checkSetUp } from '../../emulator/core/set-up/check-set-up.ts';
import { SetUpSchema } from '../../emulator/wire/set-up.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');

/** Rows below a heading, as cells. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const chapter = text.split(/^## /m).find((one) => one.startsWith(heading)) ?? '';
  return chapter
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('docs/configuration.md', () => {
  it('lists exactly the options, with type, default, flag, environment and meaning', () => {
    expect(rowsBelow('Options')).toEqual(Object.entries(OPTIONS).map(([name, row]) => optionCells(name, row)));
  });

  it('lists exactly the members of the set-up document, and which are required', () => {
    const documented = rowsBelow('The set-up document').map(([member = '', required]) => [
      member.replaceAll('`', ''),
      required === 'yes',
    ]);
    expect(documented.toSorted()).toEqual(membersOf(SetUpSchema as Schema).toSorted());
  });

  it('shows an example that start takes', async () => {
    const [, example = ''] = /```json\n(.*?)```/s.exec(text) ?? [];
    const { options, ...setUp } = JSON.parse(example);
    expect(Object.keys(options).length).toBeGreaterThan(0);
    for (const name of Object.keys(options)) expect(Object.keys(OPTIONS)).toContain(name);
    await expect(checkSetUp(setUp, 'example')).resolves.toBeDefined();
  });
});

function optionCells(name: string, row: OptionRow): readonly string[] {
  const range = row.min === undefined ? '' : ` ${row.min}–${row.max}`;
  const type =
    row.type === 'choice' ? (row.choices ?? []).map((one) => `\`${one}\``).join(', ') : `${row.type}${range}`;
  const inProcess = row.inProcess === undefined ? '' : ` (in process: \`${row.inProcess}\`)`;
  const fallback = row.default === undefined ? '–' : `\`${row.default}\``;
  return [`\`${name}\``, type, `${fallback}${inProcess}`, `\`${row.flag}\``, `\`${variableOf(row)}\``, row.help];
}

/** The little of JSON Schema that this walk needs; an object that names nothing has no members. */
interface Schema {
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Both kinds of enrollment share most members, which the page lists once. */
const ENROLLMENT = /^dps\[\]\.(enrollments|enrollmentGroups)\[\]\./;
/** What only one kind has. */
const OWN = ['registrationId', 'deviceId', 'optionalDeviceInformation', 'enrollmentGroupId'];
/** Shapes of the service API, which the page does not repeat. */
const NOT_REPEATED = /\.attestation\.(x509|tpm)\./;

function membersOf(schema: Schema): readonly (readonly [string, boolean])[] {
  const members = new Map<string, boolean>();
  const walk = (part: Schema, path: string): void => {
    for (const one of part.anyOf ?? []) walk(one, path);
    if (part.items !== undefined) walk(part.items, `${path}[]`);
    for (const [name, inner] of Object.entries(part.properties ?? {})) {
      const full = path === '' ? name : `${path}.${name}`;
      const shown = OWN.includes(name) ? full : full.replace(ENROLLMENT, 'enrollment.');
      if (!NOT_REPEATED.test(shown)) members.set(shown, part.required?.includes(name) ?? false);
      walk(inner, full);
    }
  };
  walk(schema, '');
  return [...members];
}
