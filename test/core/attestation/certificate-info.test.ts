/** What is computed from an enrollment's certificate, against what OpenSSL prints of it. */
import { expect, it } from 'vitest';
import { certificateInfo } from '../../../emulator/core/dps/attestation/certificate-info.ts';
import { DEVICE_CERTIFICATE, DEVICE_CERTIFICATE_INFO, derBase64, OLD_CERTIFICATE } from './certificates.ts';

it.each([
  ['PEM', DEVICE_CERTIFICATE],
  ['the base64 of DER, as C# sends it', derBase64(DEVICE_CERTIFICATE)],
  ['the base64 of PEM, as C sends it', Buffer.from(DEVICE_CERTIFICATE).toString('base64')],
])('reads %s', (_title, text) => {
  expect(certificateInfo(text)).toEqual(DEVICE_CERTIFICATE_INFO);
});

it('tells version 1 from version 3', () => {
  expect(certificateInfo(OLD_CERTIFICATE)).toMatchObject({ version: 1, subjectName: 'CN=old-device' });
});

it.each([
  '',
  'no certificate',
  'AAAA',
  DEVICE_CERTIFICATE.slice(0, 200),
  derBase64(DEVICE_CERTIFICATE).slice(0, 80),
])('knows %.20j for none', (text) => {
  expect(certificateInfo(text)).toBeUndefined();
});
