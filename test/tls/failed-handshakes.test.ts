/** A handshake that comes to nothing leaves one entry that says why, whether the real service would refuse it too, and what next. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../emulator/index.ts';
import type { JournalEntry } from '../../emulator/wire/journal-entry.ts';
import { emulatorsForTests } from '../flows/support/emulators.ts';
import { shakeHands } from './shake-hands.ts';

const start = emulatorsForTests();
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const LISTENERS = ['mqtt', 'https', 'control'] as const;
type Listener = (typeof LISTENERS)[number];

function portOf({ endpoints }: Emulator, listener: Listener): number {
  return listener === 'control' ? Number(new URL(endpoints.control).port) : endpoints[listener].port;
}

/** The next entry about the listener. */
function nextEntry({ journal }: Emulator, listener: Listener): Promise<JournalEntry> {
  return new Promise((resolve) => {
    const stop = journal.subscribe((subject, entry) => {
      if (subject.kind !== 'listener' || subject.listener !== listener) return;
      stop();
      resolve(entry);
    });
  });
}

function entriesOf({ journal }: Emulator): readonly string[] {
  return journal.timelines().flatMap(({ entries }) => entries.map(({ text }) => text));
}

async function failed(emulator: Emulator, listener: Listener, options: ConnectionOptions): Promise<string> {
  const entry = nextEntry(emulator, listener);
  await shakeHands({ port: portOf(emulator, listener), servername: 'localhost', ...options }).catch(() => undefined);
  return (await entry).text;
}

async function sent(emulator: Emulator, listener: Listener, bytes: string | Buffer): Promise<string> {
  const entry = nextEntry(emulator, listener);
  const socket = connectTcp(portOf(emulator, listener), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.end(bytes);
  const { text } = await entry;
  socket.destroy();
  return text;
}

/** From OpenSSL, which verifies during the handshake and says so. */
async function opensslClient(port: number): Promise<void> {
  const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-verify_return_error'];
  await once(spawn('openssl', args, { stdio: 'ignore' }), 'close');
}

const FAILURES: readonly (readonly [fact: string, options: ConnectionOptions, says: RegExp])[] = [
  [
    'does not trust the CA and says so only by hanging up (Node)',
    {},
    /tls-closed-unused: 127\.0\.0\.1 to port \d+: the client hung up after the handshake.*public root.*SSL_CERT_FILE=\/.*ca\.pem.*dps-emulator env/,
  ],
  [
    'speaks TLS 1.1 only',
    { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    /tls-version: .*offers only TLS 1\.1; the real service would refuse it too.*--tls any/,
  ],
  [
    'speaks TLS 1.3 only',
    { minVersion: 'TLSv1.3' },
    /tls-version: .*offers only TLS 1\.3; the real service would refuse it too.*--tls service-and-1\.3/,
  ],
  [
    'offers old suites only',
    { ciphers: 'AES128-SHA:ECDHE-RSA-AES256-SHA', maxVersion: 'TLSv1.2' },
    /tls-no-shared-suite: .*offers only AES128-SHA, ECDHE-RSA-AES256-SHA; the real service would refuse it too.*ECDHE-RSA-AES128-SHA256.*--tls any/,
  ],
  [
    'offers a good suite and a curve that nobody has',
    { ciphers: 'ECDHE-RSA-AES128-SHA256', ecdhCurve: 'secp224r1', maxVersion: 'TLSv1.2' },
    /tls-no-shared-suite: .*offers ECDHE-RSA-AES128-SHA256, but no curve .*P-224.*P-256/,
  ],
];

describe.each(['mqtt', 'https'] as const)('a client at the %s port that', (listener) => {
  it.each(FAILURES)('%s leaves one entry', async (_fact, options, says) => {
    const emulator = await start();
    expect(await failed(emulator, listener, options)).toMatch(says);
    expect(entriesOf(emulator)).toHaveLength(1);
  });

  it.each([
    ['plain HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['plain MQTT', Buffer.from('100e00044d515454040200000002646576', 'hex')],
    ['plain AMQP', Buffer.from('414d515003010000', 'hex')],
    ['bytes that are no TLS', 'hello world'],
  ])('sends %s leaves one entry', async (speaks, bytes) => {
    const emulator = await start();
    expect(await sent(emulator, listener, bytes)).toMatch(
      new RegExp(`tls-plain-text: 127\\.0\\.0\\.1 to port \\d+: ${speaks} was sent .*real service refuses it too.*TLS`),
    );
    expect(entriesOf(emulator)).toHaveLength(1);
  });

  it.each([
    ['hangs up in the middle of its hello', '16030102000100', /tls-broken-off/],
    [
      'sends a record that is none of a handshake',
      '16030300050000000000',
      /tls-broken.*ERR_SSL_UNEXPECTED_MESSAGE.*real service/,
    ],
  ])('%s leaves one entry', async (_fact, hex, says) => {
    const emulator = await start();
    expect(await sent(emulator, listener, Buffer.from(hex, 'hex'))).toMatch(says);
    expect(entriesOf(emulator)).toHaveLength(1);
  });

  it('fails twice leaves equal entries: the journal can fold them', async () => {
    const emulator = await start();
    expect(await failed(emulator, listener, {})).toBe(await failed(emulator, listener, {}));
  });

  it.runIf(hasOpenssl)('does not trust the CA and says so (OpenSSL) leaves one entry with its alert', async () => {
    const emulator = await start();
    const entry = nextEntry(emulator, listener);
    await opensslClient(portOf(emulator, listener));
    expect((await entry).text).toMatch(
      /tls-not-trusted: .*does not trust the CA \(alert unknown ca\).*public root.*SSL_CERT_FILE=/,
    );
    expect(entriesOf(emulator)).toHaveLength(1);
  });
});

describe('a client that only looks whether the port is open', () => {
  it('leaves no entry', async () => {
    const emulator = await start();
    for (const listener of LISTENERS) {
      const socket = connectTcp(portOf(emulator, listener), '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      await once(socket, 'close');
    }
    // A failure after them is the first that is told.
    await sent(emulator, 'mqtt', 'hello world');
    expect(entriesOf(emulator)).toHaveLength(1);
  });
});

describe('a client that speaks TLS to the control port', () => {
  it('leaves one entry that names http', async () => {
    const emulator = await start();
    const text = await failed(emulator, 'control', {});
    expect(text).toMatch(/tls-to-plain-port: 127\.0\.0\.1 to port \d+: .*control API.*http:\/\//);
    expect(entriesOf(emulator)).toHaveLength(1);
  });
});
