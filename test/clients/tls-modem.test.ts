/** A cellular or Wi-Fi modem with TLS of its own: RSA suites in the order of its firmware, many without forward secrecy. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { emulatorForFile } from '../flows/support/emulators.ts';
import { clientHello, sayHello } from './support/client-hello.ts';

const running = emulatorForFile();
const SUITES = [0x0035, 0x002f, 0xc014, 0xc013, 0x009c, 0xc028, 0xc02f, 0x00ff];
const HELLO = clientHello({ suites: SUITES, curves: [24, 23], signatures: [0x0501, 0x0401, 0x0201] });

describe('a modem that knows no ECDSA', () => {
  it.each([
    'mqtt',
    'https',
  ] as const)('is given a suite of the published ones at the %s port, wherever it stands', async (listener) => {
    const said = await sayHello(running().endpoints[listener].port, HELLO);
    expect(said).toMatchObject({ kind: 'hello', suite: 0xc02f });
    if (said.kind !== 'hello') return;
    expect(new X509Certificate(said.certificate).publicKey.asymmetricKeyType).toBe('rsa');
  });
});
