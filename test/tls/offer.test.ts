/** What the device ports accept of a client's TLS, port by port and suite by suite: as the real service publishes it. */
import { readdir } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../emulator/index.ts';
import { emulatorForFile, emulatorsForTests } from '../flows/support/emulators.ts';
import { shakeHands } from './shake-hands.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const running = emulatorForFile();
const withTls13 = emulatorForFile({ tls: 'service-and-1.3' });
const start = emulatorsForTests();
const withAny = emulatorForFile({ tls: 'any' });

/** learn.microsoft.com/azure/iot-dps/tls-support */
const PUBLISHED = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-RSA-AES256-SHA384',
];
const NOT_PUBLISHED = [
  'AES128-SHA',
  'AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-CCM',
  'DHE-RSA-AES128-GCM-SHA256',
];
const LISTENERS = ['mqtt', 'https'] as const;

function ask(emulator: Emulator, listener: 'mqtt' | 'https', options: ConnectionOptions) {
  const { port } = emulator.endpoints[listener];
  return shakeHands({ port, ca: emulator.ca.certificatePem, servername: 'localhost', ...options });
}

const only = (ciphers: string): ConnectionOptions => ({ ciphers, maxVersion: 'TLSv1.2' });
const VERSION_1_1: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

const PREFERRED = PUBLISHED[0];

describe.each(LISTENERS)('the %s port', (listener) => {
  it.each(
    PUBLISHED,
  )('shakes hands with a client that offers %s alone, by the certificate that goes with it', async (suite) => {
    const hands = await ask(running(), listener, only(suite));
    expect(hands).toMatchObject({ suite, version: 'TLSv1.2', key: suite.includes('ECDSA') ? 'P-256' : 'RSA 2048' });
    // Both are the CA's that was there before: who trusts it needs no other.
    expect(hands.isTrusted).toBe(true);
  });

  it.each(NOT_PUBLISHED)('refuses a client that offers %s alone', async (suite) => {
    await expect(ask(running(), listener, only(suite))).rejects.toMatchObject({
      // OpenSSL has renamed the alert on the way to Node 22: `SSLV3_` became `SSL/TLS_`.
      code: expect.stringMatching(/^ERR_SSL_.+_ALERT_HANDSHAKE_FAILURE$/),
    });
  });

  it.each([
    ['TLS 1.1', VERSION_1_1],
    ['TLS 1.3 alone', { minVersion: 'TLSv1.3' }],
  ] as const)('refuses %s', async (_title, options) => {
    await expect(ask(running(), listener, options)).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
  });

  it('speaks TLS 1.2 with who offers 1.3 as well', async () => {
    expect(await ask(running(), listener, {})).toMatchObject({ version: 'TLSv1.2', suite: PREFERRED });
  });
});

describe('the option tls', () => {
  it('with service-and-1.3 takes TLS 1.3, and of the rest what service takes', async () => {
    expect(await ask(withTls13(), 'mqtt', {})).toMatchObject({ version: 'TLSv1.3', key: 'P-256' });
    expect(await ask(withTls13(), 'https', only('ECDHE-RSA-AES128-SHA256'))).toMatchObject({ key: 'RSA 2048' });
    await expect(ask(withTls13(), 'https', only('AES128-SHA'))).rejects.toThrow();
    await expect(ask(withTls13(), 'https', VERSION_1_1)).rejects.toThrow();
  });

  it.each([
    ['TLS 1.3', {}, 'TLSv1.3'],
    ['a suite without forward secrecy', only('AES128-SHA'), 'TLSv1.2'],
    ['TLS 1.1', VERSION_1_1, 'TLSv1.1'],
  ] as const)('with any takes %s', async (_title, options, version) => {
    for (const listener of LISTENERS) expect(await ask(withAny(), listener, options)).toMatchObject({ version });
  });
});

describe('a new installation', () => {
  it('makes its RSA key when the first client needs it, for every port and for later starts', async () => {
    const ca = await temporaryDirectory();
    const emulator = await start({ ca });
    const files = () => readdir(ca);
    await ask(emulator, 'mqtt', {});
    expect(await files()).not.toContain('server-rsa-key.pem');
    const rsa = only('ECDHE-RSA-AES128-SHA256');
    const both = await Promise.all([ask(emulator, 'mqtt', rsa), ask(emulator, 'https', rsa)]);
    expect(both).toMatchObject([{ key: 'RSA 2048' }, { key: 'RSA 2048' }]);
    expect(await files()).toContain('server-rsa-key.pem');
    expect(await ask(emulator, 'https', {})).toMatchObject({ key: 'P-256' });
    expect(await ask(await start({ ca }), 'mqtt', rsa)).toMatchObject({ key: 'RSA 2048', isTrusted: true });
  });
});
