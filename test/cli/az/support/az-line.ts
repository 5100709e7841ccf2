/** Lines of `az` against an emulator of the test's own, in this process: what they print, what they complain of, how they end. */
import { runAz } from '../../../../cli/az/run-az.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../../emulator/index.ts';
import { lending } from '../../../flows/support/lent-emulators.ts';
import { type Ran, ranWith } from '../../support/in-process.ts';

export interface AzShell {
  readonly emulator: Emulator;
  /** Runs a line; the words are those behind `az`. */
  az(...words: readonly string[]): Promise<Ran>;
  /** Runs a line that must end with 0 and complain of nothing; its JSON. */
  json(...words: readonly string[]): Promise<unknown>;
}

/** Shells for the tests of a file; their emulators are lent. */
export function azShells(): (options?: EmulatorOptions) => Promise<AzShell> {
  const lend = lending();
  return async (options = {}) => {
    const { emulator } = await lend(options, async () => {
      const started = await startEmulator({ clock: 'manual', seed: 'az', ...options });
      return { emulator: started, stop: started.stop };
    });
    return shellOf(emulator);
  };
}

function shellOf(emulator: Emulator): AzShell {
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
