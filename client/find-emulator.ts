/** Finds the emulator to talk to: the flag, then the environment, then the ready file of one that still runs. */
import { ClientError } from './client-error.ts';
import { defaultReadyFile, isRunning, readReadyFile, removeIfStale } from './ready-file.ts';

export interface FoundEmulator {
  /** URL of the control API, without a slash at the end. */
  readonly url: string;
  /** Where the URL comes from, for messages. */
  readonly source: string;
}

const HOW_TO_START = 'start one: npx dps-emulator start';

/** @throws {ClientError} when there is none, and when what was given is no URL */
export async function findEmulator(
  flag: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundEmulator> {
  const found = await lookForEmulator(flag, env);
  if (found === undefined) throw noEmulator('no emulator is running');
  return found;
}

export async function lookForEmulator(
  flag: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundEmulator | undefined> {
  if (flag !== undefined) return { url: urlOf(flag, '--emulator'), source: '--emulator' };
  const fromEnvironment = env.DPS_EMULATOR_URL;
  if (fromEnvironment) return { url: urlOf(fromEnvironment, 'DPS_EMULATOR_URL'), source: 'DPS_EMULATOR_URL' };
  const path = defaultReadyFile(env);
  const document = readReadyFile(path);
  if (document === undefined) return undefined;
  if (await isRunning(document)) return { url: document.control, source: path };
  await removeIfStale(path);
  return undefined;
}

export function noEmulator(why: string): ClientError {
  return new ClientError('no-emulator', `${why}; ${HOW_TO_START}`);
}

function urlOf(text: string, source: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '');
  throw new ClientError('bad-address', `${source}: must be a URL such as http://127.0.0.1:8980 (is "${text}")`);
}
