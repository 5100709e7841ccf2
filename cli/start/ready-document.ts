/** What a started emulator tells the world about itself, and the file of the user's that it may be written to. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ReadyDocument, readReadyFile } from '../../client/ready-file.ts';
import type { Emulator } from '../../emulator/index.ts';
import { VERSION } from '../../emulator/version.ts';
import { CliError } from '../exit.ts';

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
  const isForeign = existsSync(path) && readReadyFile(path) === undefined && readFileSync(path).length > 0;
  if (isForeign) throw new CliError('usage', `--ready-file: ${given} exists and is not a ready file`);
  return path;
}
