/** docs/testing.md: its example for another runner, run by Node's own in a project that has the package installed. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import * as testing from '../../contracts/testing/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const text = readFileSync(join(ROOT, 'docs/testing.md'), 'utf8');
const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

it('has an example for any other runner that passes as it is printed', async () => {
  const project = await mkdtemp(join(tmpdir(), 'dps-emulator-docs-'));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await mkdir(join(project, 'node_modules'));
  await symlink(ROOT, join(project, 'node_modules/dps-emulator'));
  const code = examples.find((one) => one.includes("'node:test'")) ?? '';
  await writeFile(join(project, 'example.test.mjs'), code);
  const { PATH = '', DPS_EMULATOR_HOME = '' } = process.env;
  const output = await new Promise<string>((resolve) => {
    const options = { cwd: project, env: { PATH, DPS_EMULATOR_HOME } };
    execFile(process.execPath, ['--test', 'example.test.mjs'], options, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  expect(output).toMatch(/^\S pass 1$/m);
  expect(output).toMatch(/^\S fail 0$/m);
});

it('imports nothing that is not there', () => {
  const names = examples.flatMap((code) => {
    const [, list = ''] = /import \{ ([^}]*) \} from 'dps-emulator\/testing'/.exec(code) ?? [];
    return list === '' ? [] : list.split(', ');
  });
  expect(names.length).toBeGreaterThan(2);
  expect(names.filter((name) => !Object.hasOwn(testing, name))).toEqual([]);
});
