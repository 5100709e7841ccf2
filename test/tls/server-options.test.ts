import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureCa } from '../../emulator/tls/ca.ts';
import { ensureLeaf } from '../../emulator/tls/leaf.ts';
import { handshake, startServer } from './handshake.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const CUSTOM_HUB = 'a.b.azure-devices.net';
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
const VERIFIED_NAMES = [
  'localhost',
  'my-dps.azure-devices-provisioning.net',
  'global.azure-devices-provisioning.net',
  'contoso-toasters-hub-1098.azure-devices.net',
  CUSTOM_HUB,
];

async function newServer() {
  const home = await temporaryDirectory();
  const ca = await ensureCa(join(home, 'ca'));
  return { home, ca, server: await startServer(ca, [CUSTOM_HUB]) };
}

describe('a client that trusts the CA', () => {
  it.each(
    VERSIONS.flatMap((version) => VERIFIED_NAMES.map((servername) => ({ version, servername }))),
  )('verifies $servername over $version', async ({ version, servername }) => {
    const { ca, server } = await newServer();
    const options = { ca: ca.certificatePem, servername, minVersion: version, maxVersion: version };
    expect((await handshake(server.port, options)).protocol).toBe(version);
  });

  it.each(VERSIONS)('verifies the address it dials, without SNI, over %s', async (version) => {
    const { ca, server } = await newServer();
    const options = { ca: ca.certificatePem, minVersion: version, maxVersion: version };
    expect((await handshake(server.port, options)).protocol).toBe(version);
  });

  it.each(['other.example', 'x.y.azure-devices.net', 'azure-devices.net'])('refuses %s', async (servername) => {
    const { ca, server } = await newServer();
    await expect(handshake(server.port, { ca: ca.certificatePem, servername })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('cannot speak TLS 1.1', async () => {
    const { ca, server } = await newServer();
    const options = {
      ca: ca.certificatePem,
      servername: 'localhost',
      minVersion: 'TLSv1' as const,
      maxVersion: 'TLSv1.1' as const,
      // Without this the client itself would refuse to begin, and the server would not be asked.
      ciphers: 'DEFAULT@SECLEVEL=0',
    };
    await expect(handshake(server.port, options)).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
  });
});

describe('a client that does not trust the CA', () => {
  it('refuses the server', async () => {
    const { server } = await newServer();
    await expect(handshake(server.port, { servername: 'localhost' })).rejects.toMatchObject({
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
    });
  });

  it('refuses the server when it trusts the CA of another installation', async () => {
    const { home, server } = await newServer();
    const other = await ensureCa(join(home, 'other'));
    await expect(handshake(server.port, { ca: other.certificatePem, servername: 'localhost' })).rejects.toMatchObject({
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
    });
  });
});

describe('a client certificate', () => {
  it.each(
    VERSIONS,
  )('is seen with its chain on every connection over %s, since no session is resumed', async (version) => {
    const { home, ca, server } = await newServer();
    const deviceCa = await ensureCa(join(home, 'devices'));
    const device = await ensureLeaf(deviceCa, []);
    const options = {
      ca: ca.certificatePem,
      servername: 'localhost',
      cert: device.chainPem,
      key: device.keyPem,
      minVersion: version,
      maxVersion: version,
    };
    const first = await handshake(server.port, options);
    expect(first.session).toBeInstanceOf(Buffer);
    const second = await handshake(server.port, { ...options, ...(first.session && { session: first.session }) });
    expect(second.isResumed).toBe(false);
    const chain = ['localhost', expect.stringMatching(/^dps-emulator CA /)];
    expect(server.clientChains).toEqual([chain, chain]);
  });

  it('is not needed', async () => {
    const { ca, server } = await newServer();
    await handshake(server.port, { ca: ca.certificatePem, servername: 'localhost' });
    expect(server.clientChains).toEqual([[]]);
  });
});
