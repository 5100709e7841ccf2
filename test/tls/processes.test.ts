import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from './temporary-directory.ts';

const root = join(import.meta.dirname, '..', '..');
let built: string;

/** Child processes run plain JavaScript, built here so that what is tested is never an older `dist`. */
beforeAll(async () => {
  // Below node_modules, so that the packages are found from there.
  const cache = join(root, 'node_modules', '.cache', 'dps-emulator-test');
  await mkdir(cache, { recursive: true });
  built = await mkdtemp(join(cache, 'tls-'));
  const compilerOptions = { rootDir: root, outDir: built, declaration: false, noCheck: true };
  const config = { extends: join(root, 'tsconfig.build.json'), compilerOptions, include: [join(root, 'emulator/tls')] };
  await writeFile(join(built, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(join(built, 'package.json'), '{"type":"module"}');
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', built]);
  await writeFile(join(built, 'child.js'), CHILD);
});

afterAll(() => rm(built, { recursive: true, force: true }));

/** Loads the modules, reports "ready", and on "go" makes as many concurrent calls as it was told. */
const CHILD = `
import { createRequire } from 'node:module';
import { ensureCa } from './emulator/tls/ca.js';
import { ensureLeaf } from './emulator/tls/leaf.js';
const [directory, calls] = process.argv.slice(2);
process.once('message', async () => {
  const all = await Promise.all(Array.from({ length: Number(calls) }, () => ensureCa(directory)));
  const leaf = await ensureLeaf(all[0], []);
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  process.send({
    fingerprints: all.map((ca) => ca.fingerprint),
    keys: all.map((ca) => ca.keyPem),
    leaf: leaf.certPem,
    libraryLoaded: loaded.some((path) => path.includes('x509.cjs')),
  });
  process.disconnect();
});
process.send('ready');
`;

interface Answer {
  readonly fingerprints: readonly string[];
  readonly keys: readonly string[];
  readonly leaf: string;
  readonly libraryLoaded: boolean;
}

async function runChildren(count: number, directory: string, calls: number): Promise<Answer[]> {
  const children = Array.from({ length: count }, () => fork(join(built, 'child.js'), [directory, String(calls)]));
  await Promise.all(children.map((child) => once(child, 'message')));
  return Promise.all(
    children.map(async (child) => {
      const answered = once(child, 'message');
      const exited = once(child, 'exit');
      child.send('go');
      const outcome = await Promise.race([answered, exited.then(([code]) => [new Error(`child exited with ${code}`)])]);
      if (outcome[0] instanceof Error) throw outcome[0];
      await exited;
      return outcome[0] as Answer;
    }),
  );
}

describe('several processes', () => {
  it('agree on one CA when they make it at the same time', async () => {
    const home = await temporaryDirectory();
    const answers = await runChildren(5, join(home, 'ca'), 2);
    expect(answers.flatMap((answer) => answer.fingerprints)).toHaveLength(10);
    expect(new Set(answers.flatMap((answer) => answer.fingerprints)).size).toBe(1);
    expect(new Set(answers.flatMap((answer) => answer.keys)).size).toBe(1);
    expect(await readdir(home)).toEqual(['ca']);
  });
});

describe('a start', () => {
  it('loads the certificate library to issue, and not to use what is there', async () => {
    const directory = join(await temporaryDirectory(), 'ca');
    const [first] = await runChildren(1, directory, 1);
    const [second] = await runChildren(1, directory, 1);
    expect(first?.libraryLoaded).toBe(true);
    expect(second?.libraryLoaded).toBe(false);
    expect(second?.fingerprints).toEqual(first?.fingerprints);
    expect(second?.leaf).toBe(first?.leaf);
  });
});
