/** The file by which commands find a running emulator: claimed by the first, removed when it stops, never trusted when stale. */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Endpoints } from '../emulator/wire/control-api.ts';
import { runtimeDirectory } from '../emulator/wire/data-directory.ts';
import { parsedJson } from '../emulator/wire/json.ts';
import { isJsonObject } from '../emulator/wire/twin.ts';
import { ClientError } from './client-error.ts';

/** What a start tells the world about itself: the ready file, and the first line of `start --json`. */
export interface ReadyDocument {
  readonly version: string;
  readonly pid: number;
  /** ISO 8601, wall clock. */
  readonly startedAt: string;
  /** URL of the control API. */
  readonly control: string;
  readonly endpoints: Omit<Endpoints, 'control'>;
  readonly idScopes: readonly string[];
  readonly caPath: string;
}

/** It names ports and paths only, but whose business is it. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

export function readyDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return runtimeDirectory(env, process.platform, homedir());
}

export function defaultReadyFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(readyDirectory(env), 'ready.json');
}

/** `undefined` when there is no such file, or it is none of ours. */
export function readReadyFile(path: string): ReadyDocument | undefined {
  try {
    const value = parsedJson(readFileSync(path, 'utf8'));
    const isOurs = isJsonObject(value) && typeof value.pid === 'number' && typeof value.control === 'string';
    return isOurs ? (value as unknown as ReadyDocument) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the emulator that wrote the file still runs. A process id comes back to another process, in containers above
 * all, so a living process counts only while its port answers.
 */
export async function isRunning({ pid, control }: ReadyDocument): Promise<boolean> {
  return pid !== process.pid && isAlive(pid) && (await isListening(control));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** An emulator that is only slow is there: nothing but a refusal counts as gone. */
function isListening(control: string): Promise<boolean> {
  const { hostname, port } = new URL(control);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    const done = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(1000, () => done(true));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

export interface ClaimedReadyFile {
  readonly path: string;
  /** The living emulator that holds the default file, so that commands talk to it. */
  readonly holder?: ReadyDocument;
}

/** Writes the default file, or `ready-<pid>.json` beside it when another emulator of this user lives. */
export async function claimReadyFile(
  document: ReadyDocument,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ClaimedReadyFile> {
  const directory = readyDirectory(env);
  await makeRoom(directory);
  const path = defaultReadyFile(env);
  if (createWhole(path, document)) return { path };
  const holder = readReadyFile(path);
  const ownPath = join(directory, `ready-${process.pid}.json`);
  writeReadyFile(ownPath, document);
  return { path: ownPath, ...(holder && { holder }) };
}

/** @throws {ClientError} when nothing can be written there: on a read-only volume, say */
async function makeRoom(directory: string): Promise<void> {
  try {
    mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
    accessSync(directory, constants.W_OK);
  } catch {
    const why = 'is where commands find this emulator, and cannot be written';
    throw new ClientError(
      'unusable',
      `${directory} ${why}: make it writable, or set DPS_EMULATOR_HOME to a directory that is`,
    );
  }
  await removeStale(directory);
}

async function removeStale(directory: string): Promise<void> {
  for (const name of readdirSync(directory)) {
    if (/^ready(-\d+)?\.json$/.test(name)) await removeIfStale(join(directory, name));
  }
}

/** Removes the file of an emulator that is gone. */
export async function removeIfStale(path: string): Promise<void> {
  const document = readReadyFile(path);
  if (document === undefined || !(await isRunning(document))) rmSync(path, { force: true });
}

/** A reader sees the whole file or none, and of two emulators that start at once one wins. */
function createWhole(path: string, document: ReadyDocument): boolean {
  const temporary = writeTemporary(path, document);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    // Some file systems that containers are given from outside know no links; they have one emulator at a time.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' && readReadyFile(path) === undefined) {
      renameSync(temporary, path);
      return true;
    }
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Replaces what is there. */
export function writeReadyFile(path: string, document: ReadyDocument): void {
  try {
    makeDirectories(dirname(path));
    renameSync(writeTemporary(path, document), path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClientError(
      'unusable',
      `the ready file ${path} cannot be written (${why}): choose another place with --ready-file`,
    );
  }
}

function writeTemporary(path: string, document: ReadyDocument): string {
  const temporary = `${path}.new-${randomBytes(6).toString('hex')}`;
  writeFileSync(temporary, `${JSON.stringify(document, null, 2)}\n`, { mode: FILE_MODE, flag: 'wx' });
  return temporary;
}

/** Removes the file unless another emulator has replaced it meanwhile. Synchronous: the process is about to end. */
export function removeOwnReadyFile(path: string): void {
  if (readReadyFile(path)?.pid === process.pid) rmSync(path, { force: true });
}

/** One at a time from the top: Node's own recursive form never returns where a parent exists and refuses to hold one. */
function makeDirectories(directory: string): void {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectories(parent);
  mkdirSync(directory, { mode: DIRECTORY_MODE });
}
