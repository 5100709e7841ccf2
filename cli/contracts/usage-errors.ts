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
import { io } from '../io.ts';

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

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Tells of Ctrl+C by its signal: programs of devices run in groups of their own, which that does not reach.
 * @throws {CliError} in place of the harness's own errors
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  const own = io();
  for (const signal of SIGNALS) own.once(signal, interrupt);
  try {
    return await work(interrupted.signal);
  } catch (error) {
    return asUsageError(() => {
      throw error;
    });
  } finally {
    for (const signal of SIGNALS) own.off(signal, interrupt);
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
