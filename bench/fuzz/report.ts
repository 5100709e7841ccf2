/** What a run of the fuzzer found, at 80 columns. */
import { summarise } from '../statistics.ts';
import type { Memory } from './emulator-process.ts';
import type { FuzzResult } from './run.ts';

export interface FuzzReport extends FuzzResult {
  readonly seed: number;
  readonly requests: number;
  readonly seconds: number;
}

export function renderFuzz(report: FuzzReport): string {
  const { seed, sent, requests, seconds, findings, slowest, memory } = report;
  const counts = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  return [
    `seed ${seed}: ${sent} of ${requests} inputs in ${seconds.toFixed(0)} s`,
    `sent      ${counts(report.bySurface)}`,
    `answers   ${counts(report.byStatus)}`,
    `501       ${report.notEmulated} of hub operations that are not emulated, as they say`,
    `slowest   ${slowest.tookMs.toFixed(0)} ms, input ${slowest.at}${slowest.input === undefined ? '' : `: ${shown(slowest.input)}`}`,
    `memory    ${megabytes(memory[0])} before, ${megabytes(memory.at(-1))} after (heap and external, collected)`,
    `          ${ratioOfQuarters(memory).toFixed(3)} of the second quarter in the last (aim: at most 1.05)`,
    `          ${((memory.at(-1)?.rss ?? 0) / 1e6).toFixed(0)} MB resident at the end`,
    ...findings.map(
      ({ at, what, input, answer }) =>
        `FOUND     input ${at}: ${what}\n${input === undefined ? '' : `          ${shown(input)}\n`}          ${answer.slice(0, 400)}\n` +
        `          again: npm run fuzz -- --seed ${seed} --from ${at} --requests 1`,
    ),
    findings.length === 0 ? 'nothing found' : `${findings.length} found`,
  ].join('\n');
}

/** Median of the last quarter over that of the second: the first fills the journal. */
export function ratioOfQuarters(memory: readonly Memory[]): number {
  const sizes = memory.map(sizeOf);
  const quarter = Math.floor(sizes.length / 4);
  if (quarter === 0) return 1;
  return summarise(sizes.slice(-quarter)).median / summarise(sizes.slice(quarter, 2 * quarter)).median;
}

function sizeOf({ heapUsed, external }: Memory): number {
  return heapUsed + external;
}

function megabytes(memory: Memory | undefined): string {
  return memory === undefined ? '?' : `${(sizeOf(memory) / 1e6).toFixed(1)} MB`;
}

function shown(input: unknown): string {
  return JSON.stringify(input).slice(0, 300);
}
