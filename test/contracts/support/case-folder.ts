/** Case files of a test's own: written to a folder that goes with the test, read, and run. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LoadedCase, readCases } from '../../../contracts/case/read-cases.ts';
import type { CaseResult, Verdict } from '../../../contracts/run/result.ts';
import { type RunOptions, runContracts } from '../../../contracts/run/run-contracts.ts';

export async function caseFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dps-emulator-cases-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** The head that every case needs and no test is about. */
export const HEAD = 'title: A title\nrequirement: A requirement.\nsource: a source\nconfidence: documented\n';

export async function loadCases(text: string): Promise<readonly LoadedCase[]> {
  const { cases } = await readCases([await caseFolder({ 'cases.yaml': text })]);
  return cases;
}

/** Runs one case over MQTT unless told otherwise. */
export async function runYaml(text: string, options: RunOptions = {}): Promise<Verdict> {
  return runContracts(await loadCases(text), { seed: 'test', transports: ['mqtt'], ...options });
}

export async function resultOf(text: string, options: RunOptions = {}): Promise<CaseResult> {
  const { results } = await runYaml(text, options);
  const [result] = results;
  if (result === undefined || results.length > 1) throw new Error(`there are ${results.length} results`);
  return result;
}
