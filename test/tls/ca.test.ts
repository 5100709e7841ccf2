import { X509Certificate } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureCa } from '../../emulator/tls/ca.ts';
import { ensureLeaf } from '../../emulator/tls/leaf.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000;
const hasModes = process.platform !== 'win32';
const isRoot = process.getuid?.() === 0;

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe('a new CA', () => {
  it('is a P-256 CA of its own name that may sign leaves only, for ten years', async () => {
    const home = await temporaryDirectory();
    const ca = await ensureCa(join(home, 'ca'));
    const certificate = new X509Certificate(ca.certificatePem);
    expect(certificate.subject).toMatch(/^CN=dps-emulator CA [0-9a-f]{8}$/);
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect((Date.parse(certificate.validTo) - Date.now()) / YEAR_MS).toBeCloseTo(10, 1);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
    expect(ca.fingerprint).toBe(certificate.fingerprint256);
  });

  it('lies in the files it names, and nothing else is left behind', async () => {
    const home = await temporaryDirectory();
    const ca = await ensureCa(join(home, 'deep', 'ca'));
    expect(ca.directory).toBe(join(home, 'deep', 'ca'));
    expect(await readFile(ca.certificatePath, 'utf8')).toBe(ca.certificatePem);
    expect(await readdir(join(home, 'deep'))).toEqual(['ca']);
    expect((await readdir(ca.directory)).sort()).toEqual(['ca-key.pem', 'ca.pem']);
  });

  it.runIf(hasModes)(
    'shows its certificate to other users who may come so far, and keeps its key from them',
    async () => {
      const ca = await ensureCa(join(await temporaryDirectory(), 'ca'));
      expect(await modeOf(ca.directory)).toBe('755');
      expect(await modeOf(ca.certificatePath)).toBe('644');
      expect(await modeOf(join(ca.directory, 'ca-key.pem'))).toBe('600');
    },
  );

  it('has a name that no other installation has', async () => {
    const home = await temporaryDirectory();
    const [one, other] = await Promise.all([ensureCa(join(home, 'one')), ensureCa(join(home, 'other'))]);
    expect(new X509Certificate(one.certificatePem).subject).not.toBe(new X509Certificate(other.certificatePem).subject);
  });
});

describe('an existing CA', () => {
  it('is used as it is', async () => {
    const directory = join(await temporaryDirectory(), 'ca');
    expect(await ensureCa(directory)).toEqual(await ensureCa(directory));
  });

  it.runIf(hasModes)('has the mode of its key tightened', async () => {
    const ca = await ensureCa(join(await temporaryDirectory(), 'ca'));
    const keyPath = join(ca.directory, 'ca-key.pem');
    await chmod(keyPath, 0o644);
    await ensureCa(ca.directory);
    expect(await modeOf(keyPath)).toBe('600');
  });

  it.runIf(isRoot)("is used with a warning when another user's key is open to others (as root)", async () => {
    const ca = await ensureCa(join(await temporaryDirectory(), 'ca'));
    const keyPath = join(ca.directory, 'ca-key.pem');
    await chmod(keyPath, 0o640);
    await chown(keyPath, 1, 1);
    const warnings: string[] = [];
    expect(await ensureCa(ca.directory, { warn: (message) => warnings.push(message) })).toEqual(ca);
    expect(warnings).toEqual([expect.stringContaining(`${keyPath} can be read by other users (mode 640)`)]);
    expect(await modeOf(keyPath)).toBe('640');
  });
});

describe('a CA that cannot be used', () => {
  const broken: readonly { title: string; spoil: (directory: string) => Promise<void>; says: RegExp }[] = [
    {
      title: 'a certificate that is no PEM',
      spoil: (directory) => writeFile(join(directory, 'ca.pem'), 'not a certificate'),
      says: /ca\.pem is no certificate/,
    },
    {
      title: 'a certificate cut short',
      spoil: async (directory) => {
        const path = join(directory, 'ca.pem');
        await writeFile(path, (await readFile(path, 'utf8')).slice(0, 300));
      },
      says: /ca\.pem is no certificate/,
    },
    {
      title: 'an empty key',
      spoil: (directory) => writeFile(join(directory, 'ca-key.pem'), ''),
      says: /ca-key\.pem is no private key/,
    },
    { title: 'no key', spoil: (directory) => rm(join(directory, 'ca-key.pem')), says: /ca-key\.pem is missing/ },
    { title: 'no certificate', spoil: (directory) => rm(join(directory, 'ca.pem')), says: /holds no ca\.pem/ },
    {
      title: 'the key of another CA',
      spoil: async (directory) => {
        const other = await ensureCa(join(directory, '..', 'other'));
        await writeFile(join(directory, 'ca-key.pem'), other.keyPem);
      },
      says: /the key does not belong to the certificate/,
    },
    {
      title: 'a certificate that is not one of a CA',
      spoil: async (directory) => {
        const leaf = await ensureLeaf(await ensureCa(directory), []);
        await writeFile(join(directory, 'ca.pem'), leaf.certPem);
        await writeFile(join(directory, 'ca-key.pem'), leaf.keyPem);
      },
      says: /not one of a CA/,
    },
    {
      title: 'a file that cannot be read',
      spoil: async (directory) => {
        await rm(join(directory, 'ca-key.pem'));
        await mkdir(join(directory, 'ca-key.pem'));
      },
      says: /ca-key\.pem cannot be read \(EISDIR\)/,
    },
  ];

  it.each(broken)('with $title is an error that says what to delete, and is left as it is', async ({ spoil, says }) => {
    const directory = join(await temporaryDirectory(), 'ca');
    await ensureCa(directory);
    await spoil(directory);
    const before = await contentsOf(directory);
    const failure = ensureCa(directory);
    await expect(failure).rejects.toThrow(says);
    await expect(failure).rejects.toThrow(`delete ${directory} and run 'dps-emulator ca'`);
    expect(await contentsOf(directory)).toEqual(before);
  });

  it.each([
    { title: 'has expired', years: 11, says: /the certificate expired on/ },
    { title: 'is not valid yet', years: -1, says: /the certificate is valid only from/ },
  ])('because it $title is an error', async ({ years, says }) => {
    const directory = join(await temporaryDirectory(), 'ca');
    await ensureCa(directory);
    await expect(ensureCa(directory, { nowMs: Date.now() + years * YEAR_MS })).rejects.toThrow(says);
  });

  it('because its directory cannot be made is one error that names it', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    const failed = ensureCa(join(file, 'ca'));
    await expect(failed).rejects.toThrow(`cannot be made in ${join(file, 'ca')} (`);
    await expect(failed).rejects.toThrow('A file stands where a directory is needed');
  });

  it('because a file is in its place is one error that names it', async () => {
    const file = join(await temporaryDirectory(), 'ca');
    await writeFile(file, '');
    await expect(ensureCa(file)).rejects.toThrow(`cannot be made in ${file} (`);
  });

  it.skipIf(isRoot || !hasModes)(
    'because its parent is read-only is one error that names it (not as root)',
    async () => {
      const home = await temporaryDirectory();
      await chmod(home, 0o500);
      await expect(ensureCa(join(home, 'ca'))).rejects.toThrow(`cannot be made in ${join(home, 'ca')} (EACCES)`);
    },
  );

  it.skipIf(isRoot || !hasModes)('because its key may not be read says whose it may be (not as root)', async () => {
    const ca = await ensureCa(join(await temporaryDirectory(), 'ca'));
    await chmod(join(ca.directory, 'ca-key.pem'), 0o000);
    await expect(ensureCa(ca.directory)).rejects.toThrow(/may not be read by this user \(EACCES\).*sudo/);
  });
});

async function contentsOf(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { withFileTypes: true });
  const texts: Record<string, string> = {};
  for (const entry of entries) {
    texts[entry.name] = entry.isFile() ? await readFile(join(directory, entry.name), 'utf8') : 'directory';
  }
  return texts;
}
