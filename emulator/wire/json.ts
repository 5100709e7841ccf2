/** JSON that somebody else wrote: read without trusting it, and named in sentences. */
import { JSON_DEPTH_MAX, parseJson } from './json-depth.ts';
import type { JsonObject, JsonValue } from './twin.ts';

/** A request or an answer puts what was taken at the limit into a few levels of its own: a payload, say, into a timeline. */
const ENVELOPE_LEVELS = 16;

/** The value; `undefined` when the text is no JSON, or deeper than anything that was let in can have become. */
export function parsedJson(text: string): JsonValue | undefined {
  const parsed = parseJson(text, JSON_DEPTH_MAX + ENVELOPE_LEVELS);
  return parsed.kind === 'json' ? parsed.value : undefined;
}

/** As a wire would carry it: without what JSON does not know, and shared with nobody. */
export function jsonCopy(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}

/** `an array`, `a number`: what stands where something else was expected. */
export function kindOfJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
