/** Lines of `az` against an emulator of the test's own, in this process: what they print, what they complain of, how they end. */
import { onTestFinished } from 'vitest';
import { runAz } from '../../../../cli/az/run-az.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../../emulator/index.ts';
import { type Ran, ranWith } from '../../support/in-process.ts';

export interface AzShell {
  readonly emulator: Emulator;
  /** Runs a line; the words are those behind `az`. */
  az(...words: readonly string[]): Promise<Ran>;
  /** Runs a line that must end with 0 and complain of nothing; its JSON. */
  json(...words: readonly string[]): Promise<unknown>;
}

export async function azShell(options: EmulatorOptions = {}): Promise<AzShell> {
  const emulator = await startEmulator({ clock: 'manual', seed: 'az', ...options });
  onTestFinished(() => emulator.stop());
  const az = (...words: readonly string[]): Promise<Ran> =>
    azLine([...words, '--emulator', emulator.endpoints.control]);
  return {
    emulator,
    az,
    json: async (...words) => {
      const { code, stdout, stderr } = await az(...words);
      if (code !== 0 || stderr !== '') throw new Error(`az ${words.join(' ')} ended with ${code}: ${stderr}`);
      return stdout === '' ? undefined : JSON.parse(stdout);
    },
  };
}

/** A line as it stands, without an emulator. */
export function azLine(words: readonly string[]): Promise<Ran> {
  return ranWith({}, () => runAz(words));
}
