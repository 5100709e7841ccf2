/** README.md repeats the workflow of docs/ci.md, whose commands are run as printed; the two may not drift apart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../..', name), 'utf8');
const workflowIn = (text: string): string | undefined => /```yaml\n(.*?)```/s.exec(text)?.[1];

it('prints the workflow that docs/ci.md prints', () => {
  expect(workflowIn(read('docs/ci.md'))).toContain('contracts run');
  expect(workflowIn(read('README.md'))).toBe(workflowIn(read('docs/ci.md')));
});

it('holds no placeholder', () => {
  expect(read('README.md')).not.toMatch(/[A-Z]+_RESULTS/);
});
