/** What an emulator is started with, from flags, environment and configuration file; wrong combinations are told before. */

import type { EmulatorOptions } from '../../emulator/index.ts';
import type { OptionName } from '../../emulator/service-door.ts';
import { CliError } from '../exit.ts';
import { io } from '../io.ts';
import { readConfigFile } from './config-file.ts';
import { gatherOptions } from './gather-options.ts';
import { unknownVariables } from './unknown-variables.ts';

/** What `start` and `exec` take besides the options of the emulator, as commander hands it on. */
export interface StartFlags {
  readonly config?: string;
  readonly empty?: true;
  readonly readyFile?: string;
}

export type OptionFlags = ReadonlyMap<OptionName, string>;

export interface Plan {
  readonly options: EmulatorOptions;
  readonly labels: ReadonlyMap<OptionName, string>;
  readonly isDemo: boolean;
  readonly notes: string[];
}

/** @throws {CliError} when what was given cannot be had */
export async function planStart({ config, empty }: StartFlags, flags: OptionFlags): Promise<Plan> {
  const file = config === undefined ? undefined : readConfigFile(config);
  if (empty && file?.setUp !== undefined) {
    throw new CliError('usage', `--empty: ${file.path} holds a set-up; give one or the other`);
  }
  const { given, labels } = gatherOptions({ flags, env: io().env, file });
  const setUp = empty ? 'empty' : file?.setUp;
  const notes: string[] = [...(await unknownVariables(io().env))];
  if (setUp !== undefined && given.webhook !== undefined) {
    const fault = `${labels.get('webhook')}: only the demo's group calls it; a set-up of your own names its webhooks itself`;
    if (flags.has('webhook')) throw new CliError('usage', fault);
    notes.push(`${fault}.`);
  }
  return {
    options: { ...given, ...(setUp !== undefined && { setUp }), ...(file && { setUpSource: file.path }) },
    labels,
    isDemo: setUp === undefined,
    notes,
  };
}
