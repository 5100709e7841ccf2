import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaFaults } from '../../emulator/wire/check-shape.ts';
import { SetUpSchema } from '../../emulator/wire/set-up.ts';
import { contosoForTests } from './support/contoso.ts';

const start = contosoForTests();
const FILE = new URL('../../schema/set-up.schema.json', import.meta.url);

describe('schema/set-up.schema.json', () => {
  // To bring it up to date: npx vitest run test/control/set-up-schema.test.ts -u
  it('is the schema that the emulator checks with', async () => {
    await expect(`${JSON.stringify(SetUpSchema, undefined, 2)}\n`).toMatchFileSnapshot(FILE.pathname);
  });

  it('accepts an export and names what it does not accept', async () => {
    const { emulator } = await start();
    const published: object = JSON.parse(readFileSync(FILE, 'utf8'));
    expect(await schemaFaults(published, await emulator.exportSetUp())).toEqual([]);
    expect(await schemaFaults(published, { dps: [{ name: 'a' }] })).toMatchObject([{ path: 'dps[0].idScope' }]);
  });
});
