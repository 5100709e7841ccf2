/** What the harness throws when a run cannot begin, as the exit code 2 that this program promises. */
import {
  CaseError,
  CommandLineError,
  DeviceProgramError,
  type LoadedCase,
  type LoadedCases,
  RunError,
  readCases,
  selectCases,
} from '../../contracts/index.ts';

import { CliError } from '../exit.ts';
import { io, STOP_SIGNALS } from '../io.ts';

/** @throws {CliError} in place of the harness's own errors */
function throwAsUsage(error: unknown): never {
  if (error instanceof CommandLineError) throw new CliError('usage', `--device: ${error.message}`);
  const isUsage = error instanceof RunError || error instanceof CaseError || error instanceof DeviceProgramError;
  throw isUsage ? new CliError('usage', error.message) : error;
}

/** The cases that were asked for, of those in the folders. */
export async function chosenCases(
  folders: readonly string[] | undefined,
  select: readonly string[],
): Promise<readonly LoadedCase[]> {
  const { cases } = await readOrRefuse(folders);
  try {
    return selectCases(cases, select);
  } catch (error) {
    return throwAsUsage(error);
  }
}

export async function readOrRefuse(folders: readonly string[] | undefined): Promise<LoadedCases> {
  return readCases(folders ?? []).catch(throwAsUsage);
}

/** Runs the harness until it is done or a signal interrupts it: programs of devices are in groups that Ctrl+C does not reach. */
export async function interruptibly<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  const own = io();
  for (const signal of STOP_SIGNALS) own.once(signal, interrupt);
  try {
    return await work(interrupted.signal).catch(throwAsUsage);
  } finally {
    for (const signal of STOP_SIGNALS) own.off(signal, interrupt);
  }
}
