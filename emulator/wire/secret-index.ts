/** Known secrets, found in bytes in one pass however many there are: a rolling hash of a window asks a table of first bytes. */
import { layersOf, readingOf } from './readings.ts';

export interface SecretIndex {
  /** What is shorter than a window is left out. `shownLength` characters of its beginning are no secret. */
  add(secret: string, shownLength?: number): void;
  /** Calls `found` with the place of each secret that stands there. */
  find(bytes: Uint8Array, found: (start: number, end: number) => void): void;
  isEmpty(): boolean;
  /** Bytes of the longest. */
  longest(): number;
}

/** The least that can be found; shorter ones would take ordinary words out of what is shown. */
export const SECRET_LENGTH_MIN = 6;

const WINDOW = SECRET_LENGTH_MIN;
const FACTOR = 0x01000193;
/** What the byte that leaves the window counts. */
const LEAVING = Array.from({ length: WINDOW }).reduce<number>((power) => Math.imul(power, FACTOR), 1);

/**
 * Case counts for nothing, the two alphabets of base64 are one, and a blank is the plus that a form makes of it. Who has
 * changed a secret in these ways shows it all the same.
 */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (character === ' ' || character === '-') return 0x2b;
  if (character === '_') return 0x2f;
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
});

const BITS_MIN = 1 << 12;
const SPREAD = 0x9e3779b1;

export function createSecretIndex(): SecretIndex {
  /** By the hash of their first window; almost always there is one. */
  const byHash = new Map<number, string | readonly string[]>();
  const shownOf = new Map<string, number>();
  /** Tells almost every window that it begins no secret, without a look into the map. */
  let bits = new Uint32Array(BITS_MIN / 32);
  let shift = 32 - Math.log2(BITS_MIN);
  let size = 0;
  let longest = 0;

  const mark = (hash: number): void => {
    const bit = Math.imul(hash, SPREAD) >>> shift;
    bits[bit >>> 5] = (bits[bit >>> 5] as number) | (1 << (bit & 31));
  };
  const grow = (): void => {
    bits = new Uint32Array(bits.length * 4);
    shift -= 2;
    for (const hash of byHash.keys()) mark(hash);
  };
  const keysAt = (hash: number): readonly string[] => {
    const keys = byHash.get(hash) ?? [];
    return typeof keys === 'string' ? [keys] : keys;
  };

  const index = (secret: string, shownLength: number): void => {
    const key = keyOf(secret);
    if (key.length < WINDOW) return;
    const hash = windowHash(key);
    const others = keysAt(hash);
    if (others.includes(key)) return;
    if (shownLength > 0) shownOf.set(key, Math.min(folded(secret.slice(0, shownLength)).length, key.length));
    byHash.set(hash, others.length === 0 ? key : [...others, key]);
    size += 1;
    longest = Math.max(longest, key.length);
    if (size * 16 > bits.length * 32) grow();
    mark(hash);
  };
  /** Whoever seeds a hundred thousand of them may never look for one. */
  let waiting: (readonly [string, number])[] = [];
  const indexWaiting = (): void => {
    for (const one of waiting) index(...one);
    waiting = [];
  };

  return {
    isEmpty: () => size === 0 && waiting.length === 0,
    longest: () => {
      indexWaiting();
      return longest;
    },
    add: (secret, shownLength = 0) => {
      waiting.push([secret, shownLength]);
    },
    find: (bytes, found) => {
      indexWaiting();
      let hash = 0;
      for (let end = 1; end <= bytes.length; end += 1) {
        hash = (Math.imul(hash, FACTOR) + (FOLDED[bytes[end - 1] as number] as number)) | 0;
        const start = end - WINDOW;
        if (start > 0) hash = (hash - Math.imul(FOLDED[bytes[start - 1] as number] as number, LEAVING)) | 0;
        const bit = Math.imul(hash, SPREAD) >>> shift;
        if (start < 0 || ((bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) continue;
        for (const key of keysAt(hash)) {
          if (!standsAt(key, bytes, start)) continue;
          const after = start + key.length;
          found(start + (shownOf.get(key) ?? 0), after + paddingAt(bytes, after, -key.length & 3));
        }
      }
    },
  };
}

/** As it is compared: undone of every encoding, and without the padding that base64 may leave away. */
function keyOf(secret: string): string {
  const key = folded(secret);
  let length = key.length;
  while (length > WINDOW && key[length - 1] === '=') length -= 1;
  return key.slice(0, length);
}

function paddingAt(bytes: Uint8Array, at: number, lengthMax: number): number {
  let length = 0;
  while (length < lengthMax && bytes[at + length] === 0x3d) length += 1;
  return length;
}

function folded(text: string): string {
  const layers = layersOf(readingOf(text));
  const bytes = layers[layers.length - 1]?.bytes ?? new Uint8Array();
  const keyBytes = Buffer.allocUnsafe(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) keyBytes[index] = FOLDED[bytes[index] as number] as number;
  return keyBytes.toString('latin1');
}

function windowHash(key: string): number {
  let hash = 0;
  for (let index = 0; index < WINDOW; index += 1) hash = (Math.imul(hash, FACTOR) + key.charCodeAt(index)) | 0;
  return hash;
}

/** Equal hashes are no proof. */
function standsAt(key: string, bytes: Uint8Array, start: number): boolean {
  if (start + key.length > bytes.length) return false;
  for (let index = 0; index < key.length; index += 1) {
    if (key.charCodeAt(index) !== FOLDED[bytes[start + index] as number]) return false;
  }
  return true;
}
