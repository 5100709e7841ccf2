/** The ways in which a text can be read: as it stands, and undone of percent, HTML, JSON and base64 encoding, layer by layer. */

/** Bytes of UTF-8, and where they stand in the text that was read. */
export interface Reading {
  readonly bytes: Uint8Array;
  /** Where a byte begins, or where what stands in front of it ends. */
  readonly placeOf: (index: number, isEnd: boolean) => number;
}

export function readingOf(text: string): Reading {
  return { bytes: Buffer.from(text, 'utf8'), placeOf: (index) => index };
}

/** An encoded text inside an encoded text: what passes through more hands than these is not read to its end. */
const LAYERS_MAX = 6;

/** The text itself, then each layer below it. */
export function layersOf(reading: Reading): readonly Reading[] {
  const layers = [reading];
  for (let layer = decoded(reading); layer !== undefined && layers.length <= LAYERS_MAX; layer = decoded(layer)) {
    layers.push(layer);
  }
  return layers;
}

const [PERCENT, AMPERSAND, BACKSLASH, SEMICOLON, HASH] = [0x25, 0x26, 0x5c, 0x3b, 0x23];

/** One layer of percent, HTML and JSON escapes taken off, whichever there are; `undefined` when there is none. */
function decoded({ bytes, placeOf }: Reading): Reading | undefined {
  let at = 0;
  let found = escapeFrom(bytes, at);
  if (found === undefined) return undefined;
  // No escape is shorter than what it stands for.
  const out = new Uint8Array(bytes.length);
  const starts = new Int32Array(bytes.length + 1);
  let length = 0;
  for (; at < bytes.length; found = escapeFrom(bytes, at)) {
    const end = found?.at ?? bytes.length;
    for (; at < end; at += 1) {
      out[length] = bytes[at] as number;
      starts[length] = at;
      length += 1;
    }
    if (found === undefined) break;
    for (const value of found.values) {
      out[length] = value;
      starts[length] = at;
      length += 1;
    }
    at += found.length;
  }
  starts[length] = bytes.length;
  return { bytes: out.subarray(0, length), placeOf: (index, isEnd) => placeOf(starts[index] as number, isEnd) };
}

/** The next one, at or behind a place. */
function escapeFrom(bytes: Uint8Array, from: number): (Escape & { readonly at: number }) | undefined {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte !== PERCENT && byte !== AMPERSAND && byte !== BACKSLASH) continue;
    const escaped = escapeAt(bytes, at);
    if (escaped !== undefined) return { ...escaped, at };
  }
  return undefined;
}

interface Escape {
  readonly length: number;
  /** The bytes that it stands for. */
  readonly values: ArrayLike<number> & Iterable<number>;
}

function escapeAt(bytes: Uint8Array, at: number): Escape | undefined {
  switch (bytes[at]) {
    case PERCENT: {
      const value = hexAt(bytes, at + 1, 2);
      return value === undefined ? undefined : { length: 3, values: [value] };
    }
    case AMPERSAND:
      return entityAt(bytes, at);
    case BACKSLASH:
      return backslashAt(bytes, at);
    default:
      return undefined;
  }
}

function hexAt(bytes: Uint8Array, at: number, digits: number): number | undefined {
  let value = 0;
  for (let index = at; index < at + digits; index += 1) {
    const digit = hexDigit(bytes[index] ?? 0);
    if (digit < 0) return undefined;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  plus: '+',
  equals: '=',
  sol: '/',
  percnt: '%',
  num: '#',
  lowbar: '_',
  nbsp: '\u00a0',
};
const ENTITY_LENGTH_MAX = 12;

function entityAt(bytes: Uint8Array, at: number): Escape | undefined {
  const end = bytes.subarray(at, at + ENTITY_LENGTH_MAX).indexOf(SEMICOLON);
  if (end < 2) return undefined;
  const name = String.fromCharCode(...bytes.subarray(at + 1, at + end));
  const length = end + 1;
  if (bytes[at + 1] !== HASH) {
    const character = ENTITIES[name];
    return character === undefined ? undefined : { length, values: Buffer.from(character) };
  }
  const code = /^#[xX][0-9a-fA-F]+$/.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  if (!Number.isInteger(code) || code > 0x10ffff) return undefined;
  return { length, values: Buffer.from(String.fromCodePoint(code)) };
}

const BACKSLASHED: Readonly<Record<string, number>> = { b: 8, t: 9, n: 10, f: 12, r: 13 };

function backslashAt(bytes: Uint8Array, at: number): Escape | undefined {
  const kind = String.fromCharCode(bytes[at + 1] ?? 0);
  if ('"\\/\''.includes(kind)) return { length: 2, values: [kind.charCodeAt(0)] };
  const control = BACKSLASHED[kind];
  if (control !== undefined) return { length: 2, values: [control] };
  if (kind !== 'u') return undefined;
  const unit = hexAt(bytes, at + 2, 4);
  if (unit === undefined) return undefined;
  const isHigh = unit >= 0xd800 && unit < 0xdc00 && bytes[at + 6] === BACKSLASH && bytes[at + 7] === 0x75;
  const low = isHigh ? hexAt(bytes, at + 8, 4) : undefined;
  if (low === undefined) return { length: 6, values: Buffer.from(String.fromCharCode(unit)) };
  return { length: 12, values: Buffer.from(String.fromCharCode(unit, low)) };
}

/** Of the 64 characters and of the two that URLs have in their place; -1 for others. */
const SIXTETS = Int8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte).replace('-', '+').replace('_', '/');
  return 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(character);
});

/**
 * Visits whatever may be base64 of at least `bytesMin` bytes, decoded. Nobody knows where in a run of letters it begins, so each run is
 * read four times. The bytes are good for as long as the visit.
 */
export function visitBase64({ bytes, placeOf }: Reading, bytesMin: number, visit: (reading: Reading) => void): void {
  const charactersMin = Math.ceil((bytesMin * 4) / 3);
  for (let begin = 0; begin < bytes.length; begin += 1) {
    let end = begin;
    while (end < bytes.length && (SIXTETS[bytes[end] as number] as number) >= 0) end += 1;
    if (end - begin >= charactersMin) {
      const out = new Uint8Array(Math.ceil(((end - begin) * 3) / 4));
      for (let first = begin; first < begin + 4; first += 1) {
        const length = decodeBase64(bytes, first, end, out);
        if (length >= bytesMin) visit(placedBase64(out.subarray(0, length), first, placeOf));
      }
    }
    begin = end;
  }
}

/** A byte begins in one character and ends in the next: all of both is its own. */
function placedBase64(bytes: Uint8Array, first: number, placeOf: Reading['placeOf']): Reading {
  const placed: Reading['placeOf'] = (index, isEnd) =>
    placeOf(first + (isEnd ? Math.ceil : Math.floor)((index * 4) / 3), isEnd);
  return { bytes, placeOf: placed };
}

/** @returns how many bytes were written */
function decodeBase64(bytes: Uint8Array, begin: number, end: number, out: Uint8Array): number {
  let bits = 0;
  let width = 0;
  let length = 0;
  for (let at = begin; at < end; at += 1) {
    bits = (bits << 6) | (SIXTETS[bytes[at] as number] as number);
    width += 6;
    if (width < 8) continue;
    width -= 8;
    out[length] = (bits >>> width) & 0xff;
    length += 1;
  }
  return length;
}
