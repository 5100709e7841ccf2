/** `dps-emulator/vitest/global-setup`: makes the CA, and has every worker trust it from its first moment on. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCa } from '../../emulator/service-door.ts';
import { caDirectory } from '../../emulator/wire/data-directory.ts';

const VARIABLE = 'NODE_EXTRA_CA_CERTS';

/** What of vitest's TestProject counts here. */
export interface Project {
  readonly config: { readonly pool: string };
}

/** Each worker is a process of its own. */
const POOLS_OF_PROCESSES: readonly string[] = ['forks', 'vmForks'];

/** @throws when workers are threads: Node reads NODE_EXTRA_CA_CERTS when a process starts, and never again */
export default async function setUp({ config }: Project): Promise<() => Promise<void>> {
  const { pool } = config;
  if (!POOLS_OF_PROCESSES.includes(pool)) {
    throw new Error(
      `dps-emulator/vitest/global-setup needs pool: 'forks'; this project runs with pool: '${pool}'. ` +
        `Its workers are no processes of their own, and Node reads ${VARIABLE} only when a process starts. ` +
        "Set test.pool to 'forks', or leave this set-up out and start vitest with: npx dps-emulator exec -- vitest",
    );
  }
  const before = process.env[VARIABLE];
  const caPath = await makeCa();
  const bundle = before === undefined || before === '' || before === caPath ? undefined : await joined(before, caPath);
  process.env[VARIABLE] = bundle?.path ?? caPath;
  return async () => {
    if (before === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = before;
    await bundle?.remove();
  };
}

/** Every emulator of this user has the same CA. */
async function makeCa(): Promise<string> {
  return (await ensureCa(caDirectory(process.env, process.platform, homedir()))).certificatePath;
}

/** The variable names one file: where it names one already, both are needed. */
async function joined(
  other: string,
  caPath: string,
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'dps-emulator-ca-'));
  const path = join(directory, 'ca.pem');
  const texts = await Promise.all([readFile(other, 'utf8').catch(() => ''), readFile(caPath, 'utf8')]);
  await writeFile(path, texts.map((text) => `${text.trim()}\n`).join(''));
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}
