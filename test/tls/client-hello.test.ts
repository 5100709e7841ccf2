import { describe, expect, it } from 'vitest';
import { readOpening } from '../../emulator/tls/client-hello.ts';
import { clientHello } from '../clients/support/client-hello.ts';

const HELLO = clientHello({
  suites: [0x0a0a, 0xc02b, 0x00ff],
  curves: [0x1a1a, 23],
  signatures: [0x0403],
  serverName: 'a.b',
});

describe("what a client's first bytes say", () => {
  it('is what it offers, without values that are no offers', () => {
    expect(readOpening(HELLO)).toEqual({
      kind: 'hello',
      hello: { versions: [0x0303], suites: [0xc02b], curves: [23], signatures: [0x0403] },
    });
  });

  it('is waited for until the hello is whole, wherever it is cut', () => {
    for (let length = 0; length < HELLO.length; length += 1) {
      expect(readOpening(HELLO.subarray(0, length)), String(length)).toEqual({ kind: 'partial' });
    }
  });

  it('never throws, whatever byte of a hello is another one', () => {
    for (let at = 0; at < HELLO.length; at += 1) {
      for (const value of [0x00, 0x7f, 0xff]) {
        const spoilt = Buffer.from(HELLO);
        spoilt[at] = value;
        expect(() => readOpening(spoilt), `${value} at ${at}`).not.toThrow();
      }
    }
  });

  it.each([
    ['GET / HTTP/1.1\r\n', 'plain HTTP'],
    ['AMQP\x03\x01\x00\x00', 'plain AMQP'],
    ['\x10\x0e\x00\x04MQTT', 'plain MQTT'],
    ['\x00\x01\x02\x03\x04', 'bytes that are no TLS'],
  ])('%j is %s', (text, speaks) => {
    expect(readOpening(Buffer.from(text, 'latin1'))).toEqual({ kind: 'plain', speaks });
  });
});
