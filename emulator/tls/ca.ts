/** The CA of this installation: made once, then used by every emulator of the user. */
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { issueCaCertificate } from './issue-certificate.ts';
import {
  broken,
  CERTIFICATE_FILE,
  CERTIFICATE_MODE,
  type CertificateAuthority,
  codeOf,
  KEY_FILE,
  KEY_MODE,
  readStoredCa,
} from './stored-ca.ts';

export type { CertificateAuthority } from './stored-ca.ts';

export interface TlsFileOptions {
  /** Told what is wrong and does not stop the emulator. Default: nobody. */
  readonly warn?: (message: string) => void;
  /** The wall clock, as in `Date.now()`: certificates are judged by it, never by the emulator's clock. */
  readonly nowMs?: number;
}

const DIRECTORY_MODE = 0o700;
/** Whoever gets this far may read the certificate, a device in another container above all. The key has a mode of its own. */
const CA_DIRECTORY_MODE = 0o755;
const YEARS = 10;
/** Devices' clocks lag; a certificate that begins now is refused by them. */
const BACKDATED_MS = 60 * 60 * 1000;

/**
 * The CA kept in `directory` (`caDirectory()`), made if there is none.
 * An unusable one is an Error that says what to do, and is never replaced: users have handed it to their devices.
 */
export async function ensureCa(directory: string, options: TlsFileOptions = {}): Promise<CertificateAuthority> {
  // The path is printed and handed to programs that run elsewhere.
  const absolute = resolve(directory);
  const { warn = () => undefined, nowMs = Date.now() } = options;
  const stored = await readStoredCa(absolute, { warn, nowMs });
  if (stored !== undefined) return stored;
  await createCa(absolute, nowMs);
  const created = await readStoredCa(absolute, { warn, nowMs });
  if (created === undefined) throw broken(`${absolute} is not empty, but holds no ${CERTIFICATE_FILE}`, absolute);
  return created;
}

/**
 * The files are made in a sibling and the whole directory renamed: a directory with something in it cannot be renamed over,
 * so of several processes exactly one succeeds, and no reader sees a certificate without its key.
 */
async function createCa(directory: string, nowMs: number): Promise<void> {
  const { certPem, keyPem } = await issueCaCertificate(caValidity(nowMs));
  const temporary = await makeSibling(directory);
  try {
    await writeFile(join(temporary, CERTIFICATE_FILE), certPem, { mode: CERTIFICATE_MODE, flush: true });
    await writeFile(join(temporary, KEY_FILE), keyPem, { mode: KEY_MODE, flush: true });
    await chmod(temporary, CA_DIRECTORY_MODE);
    await rename(temporary, directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!(await isFilled(directory))) throw unwritable(directory, error);
  }
}

async function makeSibling(directory: string): Promise<string> {
  try {
    await mkdir(dirname(directory), { recursive: true, mode: DIRECTORY_MODE });
    // Made with mode 0700: nobody looks in before it is complete.
    return await mkdtemp(`${directory}.new-`);
  } catch (error) {
    throw unwritable(directory, error);
  }
}

function caValidity(nowMs: number) {
  const notAfter = new Date(nowMs);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + YEARS);
  return { notBefore: new Date(nowMs - BACKDATED_MS), notAfter };
}

async function isFilled(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length > 0;
  } catch {
    return false;
  }
}

function unwritable(directory: string, cause: unknown): Error {
  const code = codeOf(cause);
  const isFileInTheWay = code === 'ENOTDIR' || code === 'EEXIST';
  const next = isFileInTheWay
    ? 'A file stands where a directory is needed: name a directory in DPS_EMULATOR_HOME.'
    : 'Make its parent directory writable, or set DPS_EMULATOR_HOME to a directory that is.';
  return new Error(`The emulator's CA cannot be made in ${directory} (${code}). ${next}`, { cause });
}
