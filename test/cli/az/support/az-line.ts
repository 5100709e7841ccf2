/** Lines of `az` against an emulator of the test's own, in this process: what they print, what they complain of, how they end. */
import { onTestFinished, vi } from 'vitest';
import { runAz } from '../../../../cli/az/run-az.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../../emulator/index.ts';

export interface AzLine {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AzShell {
  readonly emulator: Emulator;
  /** Runs a line; the words are those behind `az`. */
  az(...words: readonly string[]): Promise<AzLine>;
  /** Runs a line that must end with 0 and complain of nothing; its JSON. */
  json(...words: readonly string[]): Promise<unknown>;
}

export async function azShell(options: EmulatorOptions = {}): Promise<AzShell> {
  const emulator = await startEmulator({ clock: 'manual', seed: 'az', ...options });
  onTestFinished(() => emulator.stop());
  const az = (...words: readonly string[]): Promise<AzLine> =>
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

/** A line as it stands, without an emulator. One at a time: the output of the whole process is caught. */
export async function azLine(words: readonly string[]): Promise<AzLine> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const catching = (lines: string[]) => (text: string | Uint8Array) => {
    lines.push(String(text));
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(catching(stdout)),
    vi.spyOn(process.stderr, 'write').mockImplementation(catching(stderr)),
  ];
  try {
    const code = await runAz(words);
    return { code, stdout: stdout.join(''), stderr: stderr.join('') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
