import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from './temporary-directory.ts';

const tls = pathToFileURL(join(import.meta.dirname, '../../dist/emulator/tls')).href;

/** Loads the modules, reports "ready", and on "go" makes as many concurrent calls as it was told. */
const CHILD = `
import { createRequire } from 'node:module';
import { ensureCa } from '${tls}/ca.js';
import { ensureLeaf } from '${tls}/leaf.js';
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
  const script = join(await temporaryDirectory(), 'child.mjs');
  await writeFile(script, CHILD);
  const children = Array.from({ length: count }, () => fork(script, [directory, String(calls)]));
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
    const answers = await runChildren(3, join(home, 'ca'), 2);
    expect(answers.flatMap((answer) => answer.fingerprints)).toHaveLength(6);
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
