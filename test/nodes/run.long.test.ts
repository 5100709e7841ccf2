/** The runner of `npm run test:nodes`: what it sums up, and that it can fail. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const RUN = join(import.meta.dirname, 'run.mjs');

/** Runs a suite of one file on this Node, once for each `--node`, and reads the report of the sum. */
async function runSuite(suite: string, ...nodes: readonly string[]) {
  const root = await mkdtemp(join(tmpdir(), 'dps-nodes-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await writeFile(join(root, 'suite.test.mjs'), suite);
  const report = join(root, 'report.json');
  const args = [`--root=${root}`, '--globals', '--reporter=json', `--outputFile.json=${report}`];
  const ended = spawnSync(process.execPath, [RUN, ...nodes.map((node) => `--node=${node}`), ...args], {
    encoding: 'utf8',
  });
  return { ...ended, report: JSON.parse(await readFile(report, 'utf8')) };
}

it('sums up the runs on all versions', async () => {
  const suite = "it('holds', () => undefined); it.skip('waits', () => undefined);";
  const { status, stdout, report } = await runSuite(suite, process.execPath, process.execPath);
  expect(stdout).toContain(`test:nodes: Node ${process.version}`);
  expect(stdout).toContain('test:nodes: 2 passed, 0 failed, 2 skipped');
  expect(report).toMatchObject({ numTotalTests: 4, numPassedTests: 2, numPendingTests: 2, success: true });
  expect(status).toBe(0);
});

it('fails when a test fails on one of them', async () => {
  const { status, stdout, report } = await runSuite(
    "it('holds', () => undefined); it('breaks', () => expect(1).toBe(2));",
    process.execPath,
  );
  expect(stdout).toContain('test:nodes: 1 passed, 1 failed, 0 skipped');
  expect(report).toMatchObject({ numPassedTests: 1, numFailedTests: 1, success: false });
  expect(status).toBe(1);
});

it('fails when a version cannot be had, and says which', async () => {
  const { status, stderr, report } = await runSuite("it('holds', () => undefined);", '/no/such/node');
  expect(stderr).toContain('test:nodes: Node /no/such/node: ');
  expect(report).toMatchObject({ numFailedTests: 1, success: false });
  expect(status).toBe(1);
});
