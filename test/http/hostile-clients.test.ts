import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { describe, expect, it } from 'vitest';
import { emulatorForFile, tokenFor } from '../flows/support/emulators.ts';
import { unaffected } from '../flows/support/neighbours.ts';
import { address, openRawHttps } from './support/https-client.ts';

const running = emulatorForFile();
const DEVICE = { registrationId: 'hostile' };
const PUT = `PUT ${address('hostile', '/register')} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${tokenFor(DEVICE)}\r\n`;
const BODY = '{"registrationId":"hostile"}';
const GOOD = `${PUT}Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';

function statusesIn(text: string): readonly string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status ?? '');
}

const BAD: readonly (readonly [fact: string, bytes: string | Buffer])[] = [
  ['no HTTP at all', '\x16\x03\x01 hello\r\n\r\n'],
  ['an MQTT CONNECT', Buffer.from('100e00044d515454040200000002646576', 'hex')],
  ['no Host', `GET / HTTP/1.1\r\n\r\n`],
  ['another version', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
  ['headers of 40 KB', `${PUT}X-Long: ${'x'.repeat(40_000)}\r\n\r\n`],
  ['an address of 40 KB', `PUT /${'x'.repeat(40_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  ['a header without a colon', `${PUT}nonsense\r\n\r\n`],
  ['a blank before the colon', `${PUT}Content-Length : 0\r\n\r\n`],
  ['a folded header', `${PUT}X: a\r\n b\r\n\r\n`],
  ['a length that is no number', `${PUT}Content-Length: ten\r\n\r\n`],
  ['a negative length', `${PUT}Content-Length: -1\r\n\r\n`],
  ['two lengths', `${PUT}Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`],
  ['a length and chunks', `${PUT}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['chunks and a length', `${PUT}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['an encoding that is not chunked at last', `${PUT}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['an encoding spelt wrong', `${PUT}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a chunk whose size is no number', `${PUT}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n${SMUGGLED}`],
  ['a line feed alone in a header', `${PUT}X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
];

describe('bytes that are no good HTTP', () => {
  it.each(BAD)('(%s) are answered once, with 400, and the connection ends', async (_fact, bytes) => {
    const raw = await openRawHttps(running());
    raw.write(bytes);
    const text = await raw.read();
    expect(statusesIn(text)).toEqual(['400']);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    // Node answers some of them before anybody is asked.
    if (!head.includes('x-ms-error-code')) return;
    expect(JSON.parse(body)).toMatchObject({ errorCode: 400004, message: expect.stringMatching(/HTTP|header/) });
  });

  it('hurt nobody else', async () => {
    const emulator = running();
    await unaffected(emulator, async () => {
      for (const [, bytes] of BAD) {
        const raw = await openRawHttps(emulator);
        raw.write(bytes);
        await raw.read();
      }
    });
  });

  it('tell in the shape of the service what is wrong', async () => {
    const emulator = running();
    const raw = await openRawHttps(emulator);
    raw.write(`${PUT}X-Long: ${'x'.repeat(40_000)}\r\n\r\n`);
    const [head = '', body = ''] = (await raw.read()).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(head).toMatch(/Content-Type: application\/json; charset=utf-8\r\n/);
    const { trackingId, ...rest } = JSON.parse(body);
    expect(head).toContain(`x-ms-request-id: ${trackingId}`);
    expect(rest).toMatchObject({ errorCode: 400004, message: 'The headers of the request are too large.' });
  });
});

describe('a client', () => {
  it('that sends several requests without waiting is answered in their order', async () => {
    const emulator = running();
    const raw = await openRawHttps(emulator);
    const refused = GOOD.replace('hostile/register', 'other/register');
    raw.write(GOOD + refused + SMUGGLED + GOOD);
    const text = await raw.read((so) => statusesIn(so).length === 4 && so.endsWith('}'));
    expect(statusesIn(text)).toEqual(['202', '400', '404', '202']);
    raw.destroy();
  });

  it('that sends every byte by itself is served', async () => {
    const emulator = running();
    const raw = await openRawHttps(emulator);
    for (const byte of Buffer.from(GOOD)) {
      raw.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(statusesIn(await raw.read((text) => text.endsWith('}')))).toEqual(['202']);
    raw.destroy();
  });

  it('that hangs up at any point hurts nobody', async () => {
    const emulator = running();
    await unaffected(emulator, async () => {
      for (const length of [0, 10, PUT.length, GOOD.length - 5, GOOD.length]) {
        const raw = await openRawHttps(emulator);
        raw.write(GOOD.slice(0, length));
        raw.destroy();
        await raw.read();
      }
      // Without TLS, and in the middle of a handshake.
      for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02\x00']) {
        const socket = connectTcp(emulator.endpoints.https.port, emulator.endpoints.https.host);
        await once(socket, 'connect');
        socket.write(bytes);
        socket.destroy();
        await once(socket, 'close');
      }
    });
  });

  it('that asks for what is beyond 96 KB is answered, and its connection does not swallow the next request', async () => {
    const emulator = running();
    const raw = await openRawHttps(emulator);
    const large = 'x'.repeat(200 * 1024);
    raw.write(`${PUT}Content-Type: application/json\r\nContent-Length: ${large.length}\r\n\r\n${large}`);
    const first = await raw.read((text) => text.endsWith('}'));
    expect(statusesIn(first)).toEqual(['400']);
    raw.write(GOOD);
    const all = await raw.read((text) => statusesIn(text).length === 2 && text.endsWith('}'));
    // Either the connection has ended with the refusal, or it goes on with the next request.
    expect([['400'], ['400', '202']]).toContainEqual(statusesIn(all));
    raw.destroy();
  });

  it('in a crowd of 60 connections is answered', async () => {
    const emulator = running();
    const crowd = await Promise.all(Array.from({ length: 60 }, () => openRawHttps(emulator)));
    for (const raw of crowd) raw.write(GOOD);
    const texts = await Promise.all(crowd.map((raw) => raw.read((text) => text.endsWith('}'))));
    expect(texts.flatMap(statusesIn)).toEqual(Array.from({ length: 60 }, () => '202'));
    for (const raw of crowd) raw.destroy();
  });
});
