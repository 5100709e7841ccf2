/** The published schema is the one that case files are checked with. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Compile } from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { PublishedCaseSchema } from '../../../contracts/case/case-schema.ts';
import { shippedFolder } from '../../../contracts/case/read-cases.ts';

const FILE = fileURLToPath(new URL('../../../schema/contract-case.schema.json', import.meta.url));

async function shippedDocuments(): Promise<readonly unknown[]> {
  const names = (await readdir(shippedFolder())).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(names.map((name) => readFile(join(shippedFolder(), name), 'utf8')));
  return texts.flatMap((text) => [...parseAllDocuments(text)].map((document) => document.toJS() as unknown));
}

describe('schema/contract-case.schema.json', () => {
  // To bring it up to date: npx vitest run test/contracts/case/schema.test.ts -u
  it('is the schema in the code', async () => {
    await expect(`${JSON.stringify(PublishedCaseSchema, undefined, 2)}\n`).toMatchFileSnapshot(FILE);
  });

  it('accepts every document that we ship, and not every document', async () => {
    const published = Compile(JSON.parse(await readFile(FILE, 'utf8')));
    const documents = await shippedDocuments();
    expect(documents.length).toBeGreaterThan(40);
    for (const document of documents) expect(published.Check(document), JSON.stringify(document)).toBe(true);
    expect(published.Check({ id: 'a' })).toBe(false);
    expect(published.Check({ base: 'a', given: { hub: [] } })).toBe(false);
  });

  it('is named at the top of every shipped file, for editors', async () => {
    for (const name of await readdir(shippedFolder())) {
      const text = await readFile(join(shippedFolder(), name), 'utf8');
      expect(text, name).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/schema\/contract-case\.schema\.json\n/);
    }
  });
});
