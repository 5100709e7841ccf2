/** Reads the CA of an installation and refuses one that would fail later and less clearly, in a device's handshake. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface CertificateAuthority {
  readonly certificatePem: string;
  /** What to hand to devices. */
  readonly certificatePath: string;
  readonly keyPem: string;
  readonly directory: string;
  /** SHA-256 of the certificate, upper-case hex in pairs, as `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string;
}

export const CERTIFICATE_FILE = 'ca.pem';
export const KEY_FILE = 'ca-key.pem';
export const CERTIFICATE_MODE = 0o644;
export const KEY_MODE = 0o600;

/** The CA in `directory`; undefined where there is no certificate. Throws an Error that says what to do when it is unusable. */
export async function readStoredCa(
  directory: string,
  options: { readonly nowMs: number; readonly warn: (message: string) => void },
): Promise<CertificateAuthority | undefined> {
  const certificatePath = join(directory, CERTIFICATE_FILE);
  const keyPath = join(directory, KEY_FILE);
  const certificatePem = await readText(certificatePath, directory);
  if (certificatePem === undefined) return undefined;
  const keyPem = await readText(keyPath, directory);
  if (keyPem === undefined) throw broken(`${keyPath} is missing, but ${certificatePath} exists`, directory);

  const certificate = parse(
    () => new X509Certificate(certificatePem),
    `${certificatePath} is no certificate`,
    directory,
  );
  const key = parse(() => createPrivateKey(keyPem), `${keyPath} is no private key`, directory);
  const fault = faultOf(certificate, key, options.nowMs);
  if (fault !== undefined) throw broken(`${certificatePath} with ${keyPath}: ${fault}`, directory);
  await tightenKey(keyPath, options.warn);
  return { certificatePem, certificatePath, keyPem, directory, fingerprint: certificate.fingerprint256 };
}

/** The sentence that ends every complaint about a CA: it is never replaced behind its owner's back. */
export function broken(what: string, directory: string, cause?: unknown): Error {
  return new Error(
    `The emulator's CA cannot be used: ${what}. Restore the file, or delete ${directory} and run 'dps-emulator ca' ` +
      `to make a new CA; devices that trust the old one must then be given the new ${CERTIFICATE_FILE}.`,
    { cause },
  );
}

async function readText(path: string, directory: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    // A file where a directory belongs is reported by the attempt to make one.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES' || code === 'EPERM') {
      throw new Error(
        `The emulator's CA cannot be used: ${path} may not be read by this user (${code}). It was probably made by ` +
          `another user, for example under sudo: give ${directory} back with chown -R, or set DPS_EMULATOR_HOME to a directory of your own.`,
        { cause: error },
      );
    }
    throw broken(`${path} cannot be read (${code})`, directory, error);
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function parse<T>(read: () => T, complaint: string, directory: string): T {
  try {
    return read();
  } catch (error) {
    throw broken(complaint, directory, error);
  }
}

function faultOf(certificate: X509Certificate, key: KeyObject, nowMs: number): string | undefined {
  if (!certificate.checkPrivateKey(key)) return 'the key does not belong to the certificate';
  if (!certificate.ca) return 'the certificate is not one of a CA (basicConstraints)';
  // The server's leaf is P-256 as well: with one key type no client needs a second signature algorithm.
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return 'the key is not an elliptic-curve key on P-256';
  if (nowMs > Date.parse(certificate.validTo)) return `the certificate expired on ${certificate.validTo}`;
  if (nowMs < Date.parse(certificate.validFrom)) return `the certificate is valid only from ${certificate.validFrom}`;
  return undefined;
}

/** Whoever reads this key can impersonate any host to every device that trusts the CA. Windows has no such bits. */
async function tightenKey(keyPath: string, warn: (message: string) => void): Promise<void> {
  if (process.getuid === undefined) return;
  const { mode, uid } = await stat(keyPath);
  if ((mode & 0o077) === 0) return;
  const loose = `${keyPath} can be read by other users (mode ${(mode & 0o777).toString(8)})`;
  if (uid !== process.getuid()) {
    warn(`${loose} and belongs to another user: ask for mode 600.`);
    return;
  }
  try {
    await chmod(keyPath, KEY_MODE);
  } catch (error) {
    warn(`${loose} and the mode could not be changed (${codeOf(error)}): set it to 600.`);
  }
}
