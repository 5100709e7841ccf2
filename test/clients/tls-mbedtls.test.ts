/** mbed TLS on an ESP32: ECDSA and RSA, a server name, strewn values of newer stacks; and its hello cut into small packets. */
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { emulatorForFile } from '../flows/support/emulators.ts';
import { clientHello, sayHello } from './support/client-hello.ts';

const running = emulatorForFile();
const HELLO = clientHello({
  suites: [0x1a1a, 0xc02c, 0xc030, 0xc02b, 0xc02f, 0xcca9],
  curves: [0x2a2a, 29, 23],
  signatures: [0x0603, 0x0403, 0x0401],
  serverName: 'global.azure-devices-provisioning.net',
});

describe('an mbed TLS client', () => {
  it.each(['mqtt', 'https'] as const)('that knows both kinds is shown ECDSA at the %s port', async (listener) => {
    const said = await sayHello(running().endpoints[listener].port, HELLO);
    expect(said).toMatchObject({ kind: 'hello', suite: 0xc02b });
    if (said.kind !== 'hello') return;
    expect(new X509Certificate(said.certificate).publicKey.asymmetricKeyDetails).toMatchObject({
      namedCurve: 'prime256v1',
    });
  });

  it('that sends its hello a byte at a time is answered all the same', async () => {
    const answered = new Promise<number | undefined>((resolve, reject) => {
      const socket = connect({ port: running().endpoints.mqtt.port, host: '127.0.0.1', noDelay: true }, async () => {
        for (const byte of HELLO) {
          socket.write(Buffer.from([byte]));
          await new Promise((next) => setImmediate(next));
        }
      });
      socket.once('data', (chunk: Buffer) => {
        resolve(chunk[0]);
        socket.destroy();
      });
      socket.once('error', reject);
    });
    expect(await answered).toBe(0x16);
  });
});
