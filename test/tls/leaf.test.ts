import { X509Certificate } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureCa } from '../../emulator/tls/ca.ts';
import { ensureLeaf, issueRsaLeaf, keptRsaLeaf } from '../../emulator/tls/leaf.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

async function newCa() {
  return ensureCa(join(await temporaryDirectory(), 'ca'));
}

async function leafDirectory(directory: string): Promise<string> {
  const [name, ...others] = (await readdir(directory)).filter((entry) => entry.startsWith('leaf-'));
  expect(others).toEqual([]);
  return join(directory, name ?? 'no leaf');
}

async function leafFile(directory: string): Promise<string> {
  return join(await leafDirectory(directory), 'server.pem');
}

describe('a new leaf', () => {
  it('is a server certificate of its CA for all names', async () => {
    const ca = await newCa();
    const leaf = await ensureLeaf(ca, ['hub.example.org', '10.1.2.3']);
    const certificate = new X509Certificate(leaf.certPem);
    expect(certificate.subject).toBe('CN=localhost');
    expect(certificate.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.subjectAltName?.split(', ').sort()).toEqual([
      'DNS:*.azure-devices-provisioning.net',
      'DNS:*.azure-devices.net',
      'DNS:hub.example.org',
      'DNS:localhost',
      'IP Address:0:0:0:0:0:0:0:1',
      'IP Address:10.1.2.3',
      'IP Address:127.0.0.1',
    ]);
    expect(leaf.chainPem).toBe(leaf.certPem + ca.certificatePem);
  });

  it('is valid from a little earlier than now, for 397 days', async () => {
    const nowMs = Date.now();
    const certificate = new X509Certificate((await ensureLeaf(await newCa(), [], { nowMs })).certPem);
    const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    expect(from).toBeLessThan(nowMs - 60_000);
    expect((to - from) / DAY_MS).toBe(397);
  });

  it('has a positive serial number that no other leaf has', async () => {
    const ca = await newCa();
    const leaves = await Promise.all(['a.example', 'b.example'].map((name) => ensureLeaf(ca, [name])));
    const serials = leaves.map((leaf) => new X509Certificate(leaf.certPem).serialNumber);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(new Set(serials).size).toBe(2);
  });

  it.runIf(process.platform !== 'win32')('keeps its key from other users', async () => {
    const ca = await newCa();
    await ensureLeaf(ca, []);
    expect((await stat(await leafFile(ca.directory))).mode & 0o777).toBe(0o600);
  });

  it('is refused for a name that is none', async () => {
    await expect(ensureLeaf(await newCa(), ['hub.example:443'])).rejects.toThrow('"hub.example:443"');
  });

  it('is served although it cannot be kept, and that is said', async () => {
    const ca = await newCa();
    await rm(ca.directory, { recursive: true });
    await writeFile(ca.directory, 'a file, so nothing can be kept below it');
    const warnings: string[] = [];
    const leaf = await ensureLeaf(ca, [], { warn: (message) => warnings.push(message) });
    expect(leaf.certPem).toContain('BEGIN CERTIFICATE');
    expect(warnings).toEqual([expect.stringContaining('could not be kept')]);
  });
});

describe('a kept leaf', () => {
  it('is used again for the same names, in any order and spelling', async () => {
    const ca = await newCa();
    const leaf = await ensureLeaf(ca, ['b.example', 'a.example']);
    expect(await ensureLeaf(ca, ['A.example', 'b.example.', 'contoso.azure-devices.net'])).toEqual(leaf);
  });

  it('is not used for other names', async () => {
    const ca = await newCa();
    expect(await ensureLeaf(ca, ['a.example'])).not.toEqual(await ensureLeaf(ca, ['b.example']));
  });

  it.each([
    { daysLeft: 31, again: true },
    { daysLeft: 29, again: false },
    { daysLeft: -1, again: false },
  ])('with $daysLeft days left is used again: $again', async ({ daysLeft, again }) => {
    const ca = await newCa();
    const leaf = await ensureLeaf(ca, []);
    const nowMs = Date.parse(new X509Certificate(leaf.certPem).validTo) - daysLeft * DAY_MS;
    const next = await ensureLeaf(ca, [], { nowMs });
    expect(next.certPem === leaf.certPem).toBe(again);
    expect(await ensureLeaf(ca, [], { nowMs })).toEqual(next);
  });

  it("never outlives its CA, and is not issued anew at every start of the CA's last month", async () => {
    const ca = await newCa();
    const caEnd = new X509Certificate(ca.certificatePem).validTo;
    const nowMs = Date.parse(caEnd) - 10 * DAY_MS;
    const leaf = await ensureLeaf(ca, [], { nowMs });
    expect(new X509Certificate(leaf.certPem).validTo).toBe(caEnd);
    expect(await ensureLeaf(ca, [], { nowMs })).toEqual(leaf);
  });

  it('is issued anew after the CA has been replaced', async () => {
    const ca = await newCa();
    const leaf = await ensureLeaf(ca, []);
    const other = { ...(await newCa()), directory: ca.directory };
    const next = await ensureLeaf(other, []);
    expect(next.certPem).not.toBe(leaf.certPem);
    expect(new X509Certificate(next.certPem).verify(new X509Certificate(other.certificatePem).publicKey)).toBe(true);
  });

  it.each(['', 'nonsense', 'the key of another leaf'])('that reads %j is issued anew', async (spoiled) => {
    const ca = await newCa();
    const leaf = await ensureLeaf(ca, []);
    const path = await leafFile(ca.directory);
    const other = await ensureLeaf(await newCa(), []);
    await writeFile(path, spoiled.startsWith('the key') ? other.keyPem + leaf.certPem : spoiled);
    const next = await ensureLeaf(ca, []);
    expect(next.certPem).not.toBe(leaf.certPem);
    expect(await ensureLeaf(ca, [])).toEqual(next);
    expect(await readdir(join(path, '..'))).toEqual(['server.pem']);
  });
});

describe('a leaf on an RSA key', () => {
  it.runIf(process.platform !== 'win32')(
    'is signed by the same CA, and kept from other users as its key is',
    async () => {
      const ca = await newCa();
      expect(await keptRsaLeaf(ca, [])).toBeUndefined();
      const leaf = await issueRsaLeaf(ca, []);
      const certificate = new X509Certificate(leaf.certPem);
      expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
      expect(certificate.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
      expect(await keptRsaLeaf(ca, [])).toEqual(leaf);
      for (const path of [
        join(ca.directory, 'server-rsa-key.pem'),
        join(await leafDirectory(ca.directory), 'server-rsa.pem'),
      ]) {
        expect((await stat(path)).mode & 0o777, path).toBe(0o600);
      }
    },
  );

  it('for other names has the key that is there already, since making one takes long', async () => {
    const ca = await newCa();
    const [first, second] = [await issueRsaLeaf(ca, ['a.example']), await issueRsaLeaf(ca, ['b.example'])];
    expect(second.certPem).not.toBe(first.certPem);
    expect(second.keyPem).toBe(first.keyPem);
  });

  it.each(['', 'nonsense'])('whose kept key reads %j has a new one', async (spoiled) => {
    const ca = await newCa();
    await writeFile(join(ca.directory, 'server-rsa-key.pem'), spoiled);
    const leaf = await issueRsaLeaf(ca, []);
    expect((await issueRsaLeaf(ca, ['a.example'])).keyPem).toBe(leaf.keyPem);
  });
});
