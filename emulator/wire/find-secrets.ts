/** Where secrets stand in a text: by what names them, and by what they are, in every reading of the text. */
import { layersOf, type Reading, readingOf, visitBase64 } from './readings.ts';
import { SECRET_LENGTH_MIN, type SecretIndex } from './secret-index.ts';

/** Members whose value is a secret wherever they stand. */
export const SECRET_NAMES = [
  'primarykey',
  'secondarykey',
  'sharedaccesskey',
  'symmetrickeyvalue',
  'authenticationkey',
  'password',
  'x-functions-key',
  'authorization',
] as const;
const ANY_SECRET_NAME = SECRET_NAMES.join('|');

/** What names a secret in text; the group is the secret. JSON stays JSON, and what was cut off ends where it was cut. */
const SECRET_TEXT: readonly RegExp[] = [
  new RegExp(`"(?:${ANY_SECRET_NAME})"[\\t-\\r ]*:[\\t-\\r ]*"(?<secret>(?:[^"\\\\]|\\\\.)*)(?:"|$)`, 'dgis'),
  /\bsig=(?<secret>[^&\t-\r "']+)/dgi,
  /\bSharedAccessKey=(?<secret>[^;\t-\r "']+)/dgi,
  /\bx-functions-key["']?[\t-\r ]*[:=][\t-\r ]*["']?(?<secret>[^\t-\r "',;&]+)/dgi,
  /[?&;]code=(?<secret>[^&\t-\r "']+)/dgi,
  /\/\/[^/\t-\r :@]+:(?<secret>[^/\t-\r @]+)@/dg,
];

/** In characters of the text. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Every pattern needs one of these; most texts that are journaled (names, ids, states) have neither. */
const ANY_SEPARATOR = /[:=]/;
/** Undone of an encoding, a text may hold one that it did not show. */
const ANY_ESCAPE = /[%&\\]/;
/** No pattern fits a text without one of these; one look for all of them is cheap. The patterns are of ASCII alone. */
const ANY_PATTERN = new RegExp(`"(?:${ANY_SECRET_NAME})"|sig=|SharedAccessKey=|x-functions-key|code=|//[^/@]+@`, 'i');

/** In the order of their beginnings; none touches another. */
export function secretsIn(text: string, known: SecretIndex): readonly Place[] {
  const mayLookSo = ANY_SEPARATOR.test(text) || ANY_ESCAPE.test(text);
  if (!mayLookSo && (known.isEmpty() || text.length < SECRET_LENGTH_MIN)) return [];
  const reading = readingOf(text);
  const places: Place[] = [];
  for (const layer of layersOf(reading)) {
    places.push(...patternsIn(layer));
    if (!known.isEmpty()) findIn(layer, known, places, BASE64_DEPTH);
  }
  const merged = mergedPlaces(places);
  return reading.bytes.length === text.length ? merged : inCharacters(merged, text);
}

/** Base64 inside of base64 is read too. */
const BASE64_DEPTH = 2;

function findIn(reading: Reading, known: SecretIndex, places: Place[], depth: number): void {
  known.find(reading.bytes, (start, end) => places.push(placeIn(reading, start, end)));
  if (depth === 0) return;
  visitBase64(reading, SECRET_LENGTH_MIN, (inside) => {
    for (const layer of layersOf(inside)) findIn(layer, known, places, depth - 1);
  });
}

/** In the text, of what was found in a reading of it. */
function placeIn({ placeOf }: Reading, start: number, end: number): Place {
  return { start: placeOf(start, false), end: placeOf(end, true) };
}

function patternsIn(reading: Reading): readonly Place[] {
  const { bytes } = reading;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (!ANY_PATTERN.test(text)) return [];
  return SECRET_TEXT.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ indices }) => {
      const [start = 0, end = 0] = indices?.groups?.secret ?? [];
      return placeIn(reading, start, end);
    }),
  );
}

function mergedPlaces(places: readonly Place[]): readonly Place[] {
  const merged: Place[] = [];
  for (const place of places.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last === undefined || place.start > last.end) merged.push(place);
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, place.end) };
  }
  return merged;
}

function inCharacters(places: readonly Place[], text: string): readonly Place[] {
  const characterAt: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    // The second half of a pair has no bytes of its own.
    const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
    for (let byte = Buffer.byteLength(character); byte > 0; byte -= 1) characterAt.push(index);
    index += character.length - 1;
  }
  const at = (byte: number): number => characterAt[byte] ?? text.length;
  return places.map(({ start, end }) => ({ start: at(start), end: at(end) }));
}
