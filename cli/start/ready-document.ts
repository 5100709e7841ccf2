/** What a started emulator tells the world about itself, and the file of the user's that it may be written to. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDirectory, type ReadyDocument, readReadyFile } from '../../client/ready-file.ts';
import type { Emulator } from '../../emulator/index.ts';
import { VERSION } from '../../emulator/version.ts';
import { CliError } from '../exit.ts';
import { readTextFile } from '../option-values.ts';

export async function readyDocument(emulator: Emulator): Promise<ReadyDocument> {
  const { control, ...endpoints } = emulator.endpoints;
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    control,
    endpoints,
    idScopes: await emulator.idScopes(),
    caPath: emulator.ca.certificatePath,
  };
}

/** Somebody's file is not replaced by a slip of the keyboard; an empty one, as mktemp makes it, is. */
export function readyFilePath(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const path = resolve(given);
  if (isDirectory(path)) throw new CliError('usage', `--ready-file: ${given} is a directory: name a file in it`);
  const isForeign =
    existsSync(path) && readReadyFile(path) === undefined && readTextFile(`--ready-file: ${given}`, path) !== '';
  if (isForeign) throw new CliError('usage', `--ready-file: ${given} exists and is not a ready file`);
  return path;
}
