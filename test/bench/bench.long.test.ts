/** The bench runs from end to end; how fast anything is, is not a test's business. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Report } from '../../bench/report.ts';

const FIGURES = [
  'start-up',
  'idle-memory',
  'round-trips-1',
  'round-trips-8',
  'round-trips-64',
  'sessions-individual',
  'sessions-group',
  'sessions-webhook',
  'retry-ladder',
  'journal-heap',
  'groups-1001',
  'seeding',
];

const MAIN = fileURLToPath(new URL('../../dist/bench/main.js', import.meta.url));

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
}

it('measures every figure and gives a finite ratio for each', () => {
  const { stdout, stderr, status } = bench('--quick', '--json');
  expect(status, stderr).toBe(0);
  const report = JSON.parse(stdout) as Report;
  expect(report.figures.map((figure) => figure.id)).toEqual(FIGURES);
  for (const { id, ratio, product, yardstick } of report.figures) {
    for (const value of [ratio.median, product.median, yardstick.median]) {
      expect(Number.isFinite(value) && value > 0, `${id}: ${value}`).toBe(true);
    }
  }
});

it('fails when it is asked for a figure that there is not', () => {
  const { stderr, status } = bench('--only', 'no-such-figure');
  expect(status).not.toBe(0);
  expect(stderr).toContain('known figures are start-up');
});
