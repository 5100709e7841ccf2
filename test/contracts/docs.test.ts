/** docs/contracts.md against the code: its example runs as printed, and it names all there is to write. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ExpectSchema } from '../../contracts/case/expect-schema.ts';
import { GivenSchema } from '../../contracts/case/given-schema.ts';
import { MATCHERS } from '../../contracts/case/matchers.ts';
import { DeviceSchema, StepSchema } from '../../contracts/case/step-schema.ts';
import { resultOf } from './support/case-folder.ts';
import { shippedCases } from './support/shipped-cases.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/contracts.md'), 'utf8');

describe('docs/contracts.md', () => {
  it('has an example that passes as it is printed', async () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    expect(await resultOf(yaml)).toMatchObject({ id: 'kettle-goes-to-the-kitchen-hub', outcome: 'passed' });
  });

  it.each([
    ['steps', Object.keys(StepSchema.properties)],
    ['expectations', Object.keys(ExpectSchema.properties)],
    ['members of given', Object.keys(GivenSchema.properties)],
    ['options', Object.keys(GivenSchema.properties.options.properties)],
    ['members of a device', Object.keys(DeviceSchema.properties)],
    ['matchers', Object.keys(MATCHERS)],
  ])('names all %s', (_what, names) => {
    expect(names.filter((name) => !new RegExp(`[\`|,({ ]${name.replace('$', '\\$')}\\b`).test(text))).toEqual([]);
  });

  it('names no tag that no case has, and every tag that one has', async () => {
    const cases = await shippedCases;
    const used = new Set(cases.flatMap(({ contract }) => contract.tags));
    const table = /\| Tag \| Cases \|\n([\s\S]*?)\n\n/.exec(text)?.[1] ?? '';
    const named = table
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, tag]) => tag));
    expect(named.length).toBeGreaterThan(5);
    expect([...used].filter((tag) => tag !== 'sdk').toSorted()).toEqual(named.toSorted());
  });
});
