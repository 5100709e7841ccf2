/** Enrollments whose devices prove themselves by certificate or TPM: stored, shown and changed as the CLI does it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  DEVICE_CERTIFICATE,
  DEVICE_CERTIFICATE_INFO,
  derBase64,
  OLD_CERTIFICATE,
} from '../../core/attestation/certificates.ts';
import { azShells } from './support/az-line.ts';
import { linesAt } from './support/lines-at.ts';

const azShell = azShells();
const ENDORSEMENT = Buffer.from('endorsement').toString('base64');
const OTHER_ENDORSEMENT = Buffer.from('another').toString('base64');
const INFO = { info: DEVICE_CERTIFICATE_INFO };
const OLD = { info: { subjectName: 'CN=old-device' } };

async function verbs(group: string) {
  const directory = await mkdtemp(join(tmpdir(), 'dps-emulator-az-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const pem = join(directory, 'device.pem');
  const der = join(directory, 'device.cer');
  const old = join(directory, 'old.cer');
  await writeFile(pem, `${DEVICE_CERTIFICATE}\n`);
  await writeFile(der, Buffer.from(derBase64(DEVICE_CERTIFICATE), 'base64'));
  await writeFile(old, OLD_CERTIFICATE);
  const shell = await azShell();
  const common = ['--dps-name', 'contoso-provisioning-service-1098', '--enrollment-id', 'mine'];
  return { ...linesAt(shell, ['iot', 'dps', group], common), pem, der, old };
}

const ATTESTATION = ['--query', 'attestation'];

describe('an individual enrollment with certificates', () => {
  it('is created from PEM and from DER', async () => {
    const { line, pem, der } = await verbs('enrollment');
    const given = ['--attestation-type', 'X509', '--certificate-path', pem, '--secondary-certificate-path', der];
    const attestation = { type: 'x509', x509: { clientCertificates: { primary: INFO, secondary: INFO } } };
    expect(await line('create', ...given, ...ATTESTATION)).toEqual(attestation);
    expect(await line('show', ...ATTESTATION)).toEqual(attestation);
  });

  it('keeps its certificates at an update that names none, loses and changes those that are named', async () => {
    const { line, fails, pem, old } = await verbs('enrollment');
    await line('create', '--at', 'x509', '--cp', pem, '--scp', old);
    const pairOf = async (...words: string[]): Promise<unknown> =>
      line('update', ...words, '--query', 'attestation.x509.clientCertificates');
    expect(await pairOf('--ps', 'disabled')).toMatchObject({ primary: INFO, secondary: OLD });
    expect(await pairOf('--remove-secondary-certificate')).toEqual({ primary: INFO });
    expect(await pairOf('--cp', old)).toMatchObject({ primary: OLD });
    expect(await pairOf('--rc', 'true', '--scp', pem)).toEqual({ secondary: INFO });
    expect(await fails('update', '--rsc')).toMatchObject({ code: 1, stderr: expect.stringContaining('(400004)') });
  });

  it('shows no keys, and says that there are none to show', async () => {
    const { line, fails, pem } = await verbs('enrollment');
    const created = await line('create', '--at', 'x509', '--cp', pem);
    const { code, stdout, stderr } = await fails('show', '--show-keys');
    expect({ code, shown: JSON.parse(stdout) }).toEqual({ code: 0, shown: created });
    expect(stderr).toMatch(/^WARNING: .*attestation type of 'x509'.*only supported for symmetric key enrollments\n$/);
  });
});

describe('an individual enrollment with a TPM', () => {
  it('is created, shown and changed', async () => {
    const { line } = await verbs('enrollment');
    const attestation = { type: 'tpm', tpm: { endorsementKey: ENDORSEMENT } };
    expect(await line('create', '--at', 'tpm', '--endorsement-key', ENDORSEMENT, ...ATTESTATION)).toEqual(attestation);
    expect(await line('update', '--ps', 'disabled', ...ATTESTATION)).toEqual(attestation);
    expect(await line('update', '--ek', OTHER_ENDORSEMENT, ...ATTESTATION)).toEqual({
      type: 'tpm',
      tpm: { endorsementKey: OTHER_ENDORSEMENT },
    });
  });
});

describe('an update with what another attestation has', () => {
  it.each([
    ['symmetricKey', '--scp x.pem', 'Cannot update certificate while enrollment is using symmetric key attestation'],
    ['symmetricKey', '--rc', 'Cannot remove certificate while enrollment is using symmetric key attestation mechanism'],
    ['symmetricKey', '--ek a', 'Cannot update endorsement key while enrollment is using symmetric key attestation'],
    ['tpm', '--cp x.pem', 'Cannot update certificate while enrollment is using tpm attestation mechanism'],
    ['tpm', '--rsc', 'Cannot remove certificate while enrollment is using tpm attestation mechanism'],
    ['tpm', '--pk a', 'Cannot update primary or secondary key while enrollment is using tpm attestation mechanism'],
    ['x509', '--ek a', 'Cannot update endorsement key while enrollment is using x509 attestation mechanism'],
    ['x509', '--sk a', 'Cannot update primary or secondary key while enrollment is using x509 attestation mechanism'],
  ])('is refused: %s with %s', async (type, words, complaint) => {
    const { line, fails, pem } = await verbs('enrollment');
    const details = { symmetricKey: [], tpm: ['--ek', ENDORSEMENT], x509: ['--cp', pem] }[type] ?? [];
    const created = await line('create', '--at', type, ...details);
    const refused = await fails('update', ...words.split(' '));
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(complaint) });
    expect(await line('show', '--query', 'etag')).toBe((created as { etag: string }).etag);
  });
});

describe('an enrollment group with certificates', () => {
  it('has signers, or names of authorities, one kind at a time', async () => {
    const { line, fails, pem, old } = await verbs('enrollment-group');
    const x509 = ['--query', 'attestation.x509'];
    expect(await line('create', '--cp', pem, '--scp', old, ...x509)).toMatchObject({
      signingCertificates: { primary: INFO, secondary: OLD },
    });
    expect(await line('update', '--remove-certificate', ...x509)).toMatchObject({
      signingCertificates: { secondary: OLD },
    });
    expect(await line('update', '--ca-name', 'root-1', '--scn', 'root-2', ...x509)).toEqual({
      caReferences: { primary: 'root-1', secondary: 'root-2' },
    });
    expect(await line('update', '--secondary-root-ca-name', 'root-3', ...x509)).toEqual({
      caReferences: { primary: 'root-1', secondary: 'root-3' },
    });
    expect(await line('update', '--rsc', ...x509)).toEqual({ caReferences: { primary: 'root-1' } });
    const refusals = [
      [['--rc', '--rsc'], 'Please provide at least one certificate\n'],
      [['--rc'], 'Please provide at least one certificate while removing the only primary certificate'],
      [['--cp', pem, '--cn', 'root-4'], 'Please provide either certificate path or certificate name'],
    ] as const;
    for (const [words, complaint] of refusals) {
      expect(await fails('update', ...words)).toMatchObject({ code: 2, stderr: expect.stringContaining(complaint) });
    }
    expect(await line('show', ...x509)).toEqual({ caReferences: { primary: 'root-1' } });
  });

  it('is created by the name of its authority', async () => {
    const { line } = await verbs('enrollment-group');
    expect(await line('create', '--root-ca-name', 'root-1', ...ATTESTATION)).toEqual({
      type: 'x509',
      x509: { caReferences: { primary: 'root-1' } },
    });
  });

  it('passes over keys with a warning, as a group with keys does over certificates', async () => {
    const { line, fails, pem } = await verbs('enrollment-group');
    await line('create', '--cp', pem);
    expect(await fails('update', '--pk', 'AAAA')).toMatchObject({
      code: 0,
      stderr: "WARNING: symmetric keys are not looked at: the enrollment group has an attestation type of 'x509'\n",
    });
    await line('delete');
    await line('create');
    expect(await fails('update', '--cp', pem, ...ATTESTATION)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"type": "symmetricKey"'),
      stderr:
        "WARNING: certificates are not looked at: the enrollment group has an attestation type of 'symmetricKey'\n",
    });
  });
});
