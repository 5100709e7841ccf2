/** Base64 is measured as it is decoded. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { base64Bytes, decodeBase64 } from '../../emulator/wire/symmetric-key.ts';

it('tells how many bytes a text stands for, without decoding it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect([base64Bytes(text), decodeBase64(text)?.length]).toEqual([bytes.length, bytes.length]);
    }),
  );
});

it.each(['AAA', 'A===', 'AA=A', '====', 'AA-_', 'AAAA\n'])('knows that %j is none', (text) => {
  expect([base64Bytes(text), decodeBase64(text)]).toEqual([undefined, undefined]);
});
