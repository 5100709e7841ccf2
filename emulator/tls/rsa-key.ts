/** The RSA key of an installation's server certificates: slow to make, so it is made once, when a client first needs it. */
import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TlsFileOptions } from './ca.ts';
import { pkcs8Pem } from './issue-certificate.ts';
import { replaceFile } from './replace-file.ts';
import { codeOf, KEY_MODE } from './stored-ca.ts';

export const RSA_KEY_FILE = 'server-rsa-key.pem';
/** As the real service's certificates have. */
const BITS = 2048;

/** Of several processes that make one at the same time the last is kept; each certificate is stored with its own key. */
export async function ensureRsaKey(directory: string, { warn = () => undefined }: TlsFileOptions): Promise<KeyObject> {
  const path = join(directory, RSA_KEY_FILE);
  const kept = await readKey(path);
  if (kept !== undefined) return kept;
  // On a thread of its own: the listeners go on meanwhile.
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: BITS });
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await replaceFile(path, pkcs8Pem(privateKey), { mode: KEY_MODE });
  } catch (error) {
    warn(`The server's RSA key could not be kept in ${path} (${codeOf(error)}): every start makes a new one.`);
  }
  return privateKey;
}

async function readKey(path: string): Promise<KeyObject | undefined> {
  try {
    const key = createPrivateKey(await readFile(path, 'utf8'));
    return key.asymmetricKeyType === 'rsa' && key.asymmetricKeyDetails?.modulusLength === BITS ? key : undefined;
  } catch {
    // Whatever the reason, a new one takes its place: nobody has been given it to trust.
    return undefined;
  }
}
