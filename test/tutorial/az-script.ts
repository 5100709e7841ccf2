/** The steps of the tutorial as one bash script, and what it printed, step by step. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../cli/support/command.ts';
import { SUFFIX, type TutorialStep } from './tutorial-steps.ts';

const MAIN = join(import.meta.dirname, '../../dist/cli/main.js');

export interface AzRun {
  readonly code: number | null;
  readonly stderr: string;
  /** What the last step that was reached printed. */
  readonly lastOutput: string;
  /** The output of a step, by the variable that keeps it; without the last line end, as `$(…)` takes it. */
  output(variable: string): string;
  json(variable: string): unknown;
}

export interface AzRunOptions {
  readonly home: Home;
  readonly suffix: string;
  readonly webhookUrl: string;
}

/** Runs the steps in one bash that stops at the first failure; `az` and `dps-emulator` are on its PATH. */
export async function runInBash(steps: readonly TutorialStep[], options: AzRunOptions): Promise<AzRun> {
  const { directory, env } = options.home;
  const outputs = join(directory, 'outputs');
  await mkdir(outputs);
  const { PATH = '' } = process.env;
  const child = spawn('bash', ['-eu', '-c', scriptOf(steps, options.suffix)], {
    cwd: outputs,
    env: { ...env, PATH: `${await commandsIn(directory)}:${PATH}`, WEBHOOK_URL: options.webhookUrl },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const texts = new Map(
    await Promise.all(steps.flatMap(({ output }) => (output === undefined ? [] : [outputOf(outputs, output)]))),
  );
  const output = (variable: string): string => texts.get(variable) ?? '';
  const lastOutput = [...texts.values()].findLast((text) => text !== '') ?? '';
  return { code, stderr, lastOutput, output, json: (variable) => JSON.parse(output(variable)) };
}

/** The lines as they stand, with the reader's suffix and the outputs of earlier lines where the tutorial has placeholders. */
export function scriptOf(steps: readonly TutorialStep[], suffix: string): string {
  return steps
    .map(({ line, output }) => {
      const filled = line
        .replaceAll(SUFFIX, suffix)
        .replaceAll('contoso-provisioning-service-1098', `contoso-provisioning-service-${suffix}`)
        .replaceAll(/<(\w+)>/g, '"$$$1"');
      // A JSON string is pasted without its quotes.
      return output === undefined ? filled : `${filled} > ${output}\n${output}=$(tr -d '"' < ${output})`;
    })
    .join('\n');
}

async function commandsIn(directory: string): Promise<string> {
  const bin = join(directory, 'bin');
  await mkdir(bin);
  for (const [name, words] of [
    ['az', 'az'],
    ['dps-emulator', ''],
  ] as const) {
    await writeFile(join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" ${words} "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

/** A step that was not reached printed nothing. */
async function outputOf(directory: string, name: string): Promise<[string, string]> {
  return [name, (await readFile(join(directory, name), 'utf8').catch(() => '')).trimEnd()];
}
