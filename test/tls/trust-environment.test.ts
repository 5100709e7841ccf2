import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { ensureCa } from '../../emulator/tls/ca.ts';
import { trustEnvironment } from '../../emulator/tls/trust-environment.ts';
import { handshake, startServer } from './handshake.ts';
import { temporaryDirectory } from './temporary-directory.ts';

async function newCa() {
  return ensureCa(join(await temporaryDirectory(), 'ca'));
}

function certificatesOf(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

describe('trustEnvironment', () => {
  it('adds the CA where roots are added, and names a bundle where they are replaced', async () => {
    const ca = await newCa();
    const bundle = join(ca.directory, 'bundle.pem');
    expect(await trustEnvironment(ca.certificatePath)).toEqual({
      NODE_EXTRA_CA_CERTS: ca.certificatePath,
      SSL_CERT_FILE: bundle,
      REQUESTS_CA_BUNDLE: bundle,
    });
  });

  it('writes a bundle of every public root and the CA, with which a client verifies the emulator', async () => {
    const ca = await newCa();
    const { SSL_CERT_FILE } = await trustEnvironment(ca.certificatePath);
    const certificates = certificatesOf(await readFile(SSL_CERT_FILE, 'utf8'));
    expect(certificates).toHaveLength(tls.rootCertificates.length + 1);
    expect(certificates.at(-1)).toBe(ca.certificatePem.trim());
    const server = await startServer(ca, []);
    await handshake(server.port, { ca: certificates, servername: 'localhost' });
  });

  it('brings an outdated bundle up to date, and leaves a good one alone', async () => {
    const ca = await newCa();
    const { SSL_CERT_FILE } = await trustEnvironment(ca.certificatePath);
    const good = await readFile(SSL_CERT_FILE, 'utf8');
    const { ino } = await stat(SSL_CERT_FILE);
    await trustEnvironment(ca.certificatePath);
    expect((await stat(SSL_CERT_FILE)).ino).toBe(ino);
    await writeFile(SSL_CERT_FILE, 'the roots of an older Node');
    await trustEnvironment(ca.certificatePath);
    expect(await readFile(SSL_CERT_FILE, 'utf8')).toBe(good);
    expect((await readdir(ca.directory)).sort()).toEqual(['bundle.pem', 'ca-key.pem', 'ca.pem']);
  });

  it('names the CA alone, with a warning, where the bundle cannot be written', async () => {
    const ca = await newCa();
    await mkdir(join(ca.directory, 'bundle.pem', 'in-the-way'), { recursive: true });
    const warnings: string[] = [];
    const environment = await trustEnvironment(ca.certificatePath, { warn: (message) => warnings.push(message) });
    expect(environment.SSL_CERT_FILE).toBe(ca.certificatePath);
    expect(warnings).toEqual([expect.stringContaining('will trust no other host')]);
  });
});
