/** What a report hears of a run, and its file: opened before the run, so that a place that cannot be written to is found out in time. */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Reporter, Verdict } from '../run/result.ts';
import { RunError } from '../target/run-error.ts';

/**
 * @param flag as the user gave it, for the message
 * @throws {RunError} when the file cannot be written
 */
export async function openReportFile(flag: string, path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, 'w');
  } catch (error) {
    throw new RunError(`${flag}: cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A report that is one document, written when the run is over. */
export function documentReporter(flag: string, path: string, documentOf: (verdict: Verdict) => string): Reporter {
  let file: FileHandle | undefined;
  return {
    started: async () => {
      file = await openReportFile(flag, path);
    },
    ended: async (verdict) => {
      await file?.writeFile(documentOf(verdict));
      await file?.close();
    },
  };
}
