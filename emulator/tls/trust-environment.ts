/** The environment variables that make other programs trust the emulator, and the bundle some of them need. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import tls from 'node:tls';
import { replaceFile } from './replace-file.ts';
import { CERTIFICATE_MODE, codeOf } from './stored-ca.ts';

export interface TrustEnvironment {
  /** Node, at process start: added to Node's own roots. */
  readonly NODE_EXTRA_CA_CERTS: string;
  /** OpenSSL (the C SDK), Python's `ssl`, Go, Ruby: *replaces* the system's roots, hence a bundle. */
  readonly SSL_CERT_FILE: string;
  /** Python's `requests` (the Azure CLI too): *replaces* its roots, hence a bundle. */
  readonly REQUESTS_CA_BUNDLE: string;
}

/**
 * What to export so that programs trust the CA at `caPath`. Writes `bundle.pem` beside it (Node's public roots and the CA) and
 * brings it up to date; where that cannot be written the CA alone is named, which leaves every other host unverifiable, and `warn` is told.
 */
export async function trustEnvironment(
  caPath: string,
  options: { readonly warn?: (message: string) => void } = {},
): Promise<TrustEnvironment> {
  const path = resolve(caPath);
  const bundlePath = join(dirname(path), 'bundle.pem');
  const bundle = [...tls.rootCertificates, await readFile(path, 'utf8')].map((pem) => `${pem.trim()}\n`).join('');
  let replacingPath = bundlePath;
  try {
    if ((await textOf(bundlePath)) !== bundle) await replaceFile(bundlePath, bundle, { mode: CERTIFICATE_MODE });
  } catch (error) {
    replacingPath = path;
    options.warn?.(
      `${bundlePath} cannot be written (${codeOf(error)}): SSL_CERT_FILE and REQUESTS_CA_BUNDLE name the emulator's CA alone, ` +
        'and programs that read them will trust no other host.',
    );
  }
  return { NODE_EXTRA_CA_CERTS: path, SSL_CERT_FILE: replacingPath, REQUESTS_CA_BUNDLE: replacingPath };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
