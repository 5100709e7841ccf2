/** ThreadX with NetX Secure, as Azure RTOS samples build it: TLS 1.2, one suite with RSA and CBC, no server name. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { emulatorForFile } from '../flows/support/emulators.ts';
import { clientHello, sayHello } from './support/client-hello.ts';

const running = emulatorForFile();
const ECDHE_RSA_AES128_SHA256 = 0xc027;
const HELLO = clientHello({ suites: [ECDHE_RSA_AES128_SHA256], curves: [23], signatures: [0x0401] });

describe('a device that offers ECDHE-RSA-AES128-SHA256 alone', () => {
  it.each([
    'mqtt',
    'https',
  ] as const)('is shown the RSA certificate at the %s port, signed by the CA it was given', async (listener) => {
    const { endpoints, ca } = running();
    const said = await sayHello(endpoints[listener].port, HELLO);
    expect(said).toMatchObject({ kind: 'hello', suite: ECDHE_RSA_AES128_SHA256 });
    if (said.kind !== 'hello') return;
    const certificate = new X509Certificate(said.certificate);
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
    expect(certificate.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
  });
});
