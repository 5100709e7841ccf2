/** JSON that somebody else wrote: read without trusting it, and named in sentences. */
import type { JsonValue } from './twin.ts';

/** The value; `undefined` when the text is no JSON. */
export function parsedJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** `an array`, `a number`: what stands where something else was expected. */
export function kindOfJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
