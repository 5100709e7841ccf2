/** What the harness throws when a run cannot begin, as the exit code 2 that this program promises. */
import {
  CaseError,
  CommandLineError,
  DeviceProgramError,
  type LoadedCases,
  RunError,
  readCases,
} from '../../contracts/index.ts';

import { CliError } from '../exit.ts';

/** @throws {CliError} in place of the harness's own errors */
export function asUsageError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CommandLineError) throw new CliError('usage', `--device: ${error.message}`);
    const isUsage = error instanceof RunError || error instanceof CaseError || error instanceof DeviceProgramError;
    if (isUsage) throw new CliError('usage', error.message);
    throw error;
  }
}

export async function readOrRefuse(folders: readonly string[] | undefined): Promise<LoadedCases> {
  try {
    return await readCases(folders ?? []);
  } catch (error) {
    return asUsageError(() => {
      throw error;
    });
  }
}
