/** The file of a report: opened before the run, so that a place that cannot be written to is found out in time. */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunError } from '../run/run-error.ts';

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
