/** The global set-up by itself: what it leaves in the environment of the workers, and that it takes it away again. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import setUp from '../../../contracts/vitest/global-setup.ts';

const OTHER_CA = '-----BEGIN CERTIFICATE-----\nof somebody else\n-----END CERTIFICATE-----';

/** Sets NODE_EXTRA_CA_CERTS for one test. */
function withVariable(value: string | undefined): void {
  const before = process.env.NODE_EXTRA_CA_CERTS;
  setVariable(value);
  onTestFinished(() => setVariable(before));
}

function setVariable(value: string | undefined): void {
  if (value === undefined) delete process.env.NODE_EXTRA_CA_CERTS;
  else process.env.NODE_EXTRA_CA_CERTS = value;
}

it.each(['forks', 'vmForks'])('names the CA, which it makes, for pool: %s', async (pool) => {
  withVariable(undefined);
  const tearDown = await setUp({ config: { pool } });
  expect(await readFile(process.env.NODE_EXTRA_CA_CERTS ?? '', 'utf8')).toContain('-----BEGIN CERTIFICATE-----');
  await tearDown();
  expect(process.env.NODE_EXTRA_CA_CERTS).toBeUndefined();
});

it('names a file with both where another CA is trusted already, and removes it again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dps-emulator-other-ca-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const other = join(folder, 'other.pem');
  await writeFile(other, OTHER_CA);
  withVariable(other);
  const tearDown = await setUp({ config: { pool: 'forks' } });
  const path = process.env.NODE_EXTRA_CA_CERTS ?? '';
  const text = await readFile(path, 'utf8');
  expect(text).toContain(OTHER_CA);
  expect(text.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  await tearDown();
  expect({ variable: process.env.NODE_EXTRA_CA_CERTS, isThere: existsSync(path) }).toEqual({
    variable: other,
    isThere: false,
  });
});

it.each(['threads', 'vmThreads', 'browser'])('refuses pool: %s, changes nothing, and says what to do', async (pool) => {
  withVariable(undefined);
  await expect(setUp({ config: { pool } })).rejects.toThrow(
    `needs pool: 'forks'; this project runs with pool: '${pool}'`,
  );
  expect(process.env.NODE_EXTRA_CA_CERTS).toBeUndefined();
});
