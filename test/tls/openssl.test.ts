import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ensureCa } from '../../emulator/tls/ca.ts';
import { ensureLeaf } from '../../emulator/tls/leaf.ts';
import { startServer } from './handshake.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const present = spawnSync('openssl', ['version']).status === 0;

async function openssl(...args: string[]): Promise<string> {
  return (await promisify(execFile)('openssl', args)).stdout;
}

/** What s_client prints of the handshake. How it takes the end of the connection (its exit status) says nothing about that. */
async function handshakeReport(...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('openssl', ['s_client', ...args], (_error, stdout) => resolve(stdout));
  });
}

async function newFiles() {
  const home = await temporaryDirectory();
  const ca = await ensureCa(join(home, 'ca'));
  const leafPath = join(home, 'leaf.pem');
  await writeFile(leafPath, (await ensureLeaf(ca, ['a.b.azure-devices.net'])).certPem);
  return { ca, leafPath };
}

describe.skipIf(!present)('openssl', () => {
  it.each([
    ['-verify_hostname', 'localhost'],
    ['-verify_ip', '127.0.0.1'],
    ['-verify_ip', '::1'],
    ['-verify_hostname', 'contoso-toasters-hub-1098.azure-devices.net'],
    ['-verify_hostname', 'a.b.azure-devices.net'],
  ])('finds the chain strictly valid for %s %s', async (option, name) => {
    const { ca, leafPath } = await newFiles();
    const args = [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-CAfile',
      ca.certificatePath,
      option,
      name,
      leafPath,
    ];
    expect(await openssl(...args)).toContain('OK');
  });

  it('finds the chain invalid for another name', async () => {
    const { ca, leafPath } = await newFiles();
    await expect(
      openssl('verify', '-CAfile', ca.certificatePath, '-verify_hostname', 'other.example', leafPath),
    ).rejects.toThrow(/hostname mismatch/i);
  });

  it('prints the constraints of the CA as critical', async () => {
    const { ca } = await newFiles();
    const text = await openssl('x509', '-in', ca.certificatePath, '-noout', '-text');
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
    expect(text).toMatch(/Subject Key Identifier/);
  });

  it('prints the key identifiers of the leaf, and its usages', async () => {
    const { ca, leafPath } = await newFiles();
    const text = await openssl('x509', '-in', leafPath, '-noout', '-text');
    const caText = await openssl('x509', '-in', ca.certificatePath, '-noout', '-text');
    const authority = /Authority Key Identifier:\s+(?:keyid:)?([0-9A-F:]+)/.exec(text)?.[1];
    expect(authority).toBe(/Subject Key Identifier:\s+([0-9A-F:]+)/.exec(caText)?.[1]);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\n/);
  });

  it('is asked for a certificate of any CA, since the server names none', async () => {
    const { ca } = await newFiles();
    const server = await startServer(ca, []);
    const address = `127.0.0.1:${server.port}`;
    const text = await handshakeReport('-connect', address, '-CAfile', ca.certificatePath);
    expect(text).toContain('Verify return code: 0 (ok)');
    expect(text).toContain('No client certificate CA names sent');
    // Printed only where a certificate was asked for.
    expect(text).toMatch(/Requested Signature Algorithms/);
  });
});
