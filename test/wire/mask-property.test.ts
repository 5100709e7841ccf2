import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker, maskText } from '../../emulator/wire/mask.ts';

const percent = (text: string): string => encodeURIComponent(text);
const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Every way in which a program writes a text that it was given. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  percent,
  'percent, hex digits in lower case': (text) => percent(text).replace(/%../g, (digits) => digits.toLowerCase()),
  'percent, every character': (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  form: (text) => new URLSearchParams([['', text]]).toString().slice(1),
  'HTML by name': (text) => text.replace(/[&<>"']/g, (character) => named[character] ?? ''),
  'HTML by number': (text) => [...text].map((character) => `&#${character.codePointAt(0)};`).join(''),
  'HTML by hex number': (text) =>
    [...text].map((character) => `&#x${character.codePointAt(0)?.toString(16)};`).join(''),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 without padding': (text) => Buffer.from(text).toString('base64').replace(/=+$/, ''),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON, every unit escaped': (text) =>
    Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  'JSON with escaped slashes': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
};

const key = fc.uint8Array({ minLength: 16, maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const word = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 40 });
const foreign = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 20 });
/** One that nothing else is spelt like: of blanks alone, it would be in any text. */
const secret = fc
  .oneof(key, word, foreign)
  .filter((text) => new Set(text).size >= 6 && !/[%&\\]/.test(text) && text.replace(/=+$/, '').length >= 8);
/** Whatever stands around it, unless it makes another text of it: a % in front of two digits takes them for itself. */
const before = fc.string({ maxLength: 30 }).filter((text) => !/(?:%.?|&[#\w]*|\\u?\w*)$/.test(text));
const encoding = fc.constantFrom(...Object.values(ENCODINGS));

/** What is left must not hold the secret in any spelling that is in use. */
const isVisible = (shown: string, one: string): boolean =>
  Object.values(ENCODINGS).some((encode) => shown.includes(encode(one).replace(/=+$/, '')));

describe('the masker, by value', () => {
  it('leaves no secret visible, whatever it is, however it is written and whatever stands around it', () => {
    fc.assert(
      fc.property(secret, encoding, before, fc.string({ maxLength: 30 }), (one, encode, front, behind) => {
        const shown = createMasker([one]).text(`${front}${encode(one)}${behind}`);
        expect(isVisible(shown, one), shown).toBe(false);
        expect(shown).toContain('****');
      }),
      { numRuns: 400 },
    );
  });

  it('nor when what was written was written into something else', () => {
    fc.assert(
      fc.property(
        secret,
        encoding,
        encoding,
        before,
        fc.string({ maxLength: 9 }),
        (one, inner, outer, front, behind) => {
          const shown = createMasker([one]).text(outer(`${front}${inner(one)}${behind}`));
          expect(isVisible(shown, outer(inner(one)))).toBe(false);
          expect(shown).toContain('****');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leaves a text without a secret as it is', () => {
    const masker = createMasker(['q7Zx-no-text-has-this-one-Kw93==', 'z8Yv/another/that/is/not/there']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        // Not what looks like a secret: that is masked by everybody.
        expect(masker.text(text)).toBe(maskText(text));
        expect(masker.head(text, 1_000)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('cuts a text in front of a secret, never inside', () => {
    fc.assert(
      fc.property(secret, encoding, before, fc.nat(200), (one, encode, front, length) => {
        const masker = createMasker([one]);
        const text = `${front}${encode(one)} and more`;
        const head = masker.head(text, length);
        expect(text.startsWith(head)).toBe(true);
        const rest = head.slice(front.length);
        expect(rest === '' || masker.text(head) !== head || length < front.length).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
