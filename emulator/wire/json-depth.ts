/** Reads JSON that comes from outside, and refuses what is nested so deeply that whoever walks over it would run out of stack. */
import type { JsonValue } from './twin.ts';

/** The service's own limit is not on record; 64 is what .NET's JSON readers stop at by default. */
export const JSON_DEPTH_MAX = 64;

/** Stands behind whatever it is said of: `The body is …`. */
export const TOO_DEEP = `nested deeper than ${JSON_DEPTH_MAX} levels`;

export type ParsedJson =
  | { readonly kind: 'json'; readonly value: JsonValue }
  /** `why` quotes the text, which may hold a secret. */
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'too-deep' };

/** The one way in for JSON text, whoever sends it; each caller refuses in words of its own. */
export function parseJson(text: string, levels = JSON_DEPTH_MAX): ParsedJson {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'broken', why: error instanceof Error ? error.message : String(error) };
  }
  return isTooDeep(value, levels) ? { kind: 'too-deep' } : { kind: 'json', value };
}

/** Keeps a list of what it still has to look into instead of calling itself; a circle is too deep. */
export function isTooDeep(value: unknown, levels: number = JSON_DEPTH_MAX): boolean {
  const open: unknown[] = [value];
  const depths = [1];
  for (
    let one = open.pop(), depth = depths.pop() ?? 0;
    one !== undefined;
    one = open.pop(), depth = depths.pop() ?? 0
  ) {
    if (!isContainer(one)) continue;
    if (depth > levels) return true;
    for (const member of Array.isArray(one) ? one : Object.values(one)) {
      if (!isContainer(member)) continue;
      open.push(member);
      depths.push(depth + 1);
    }
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
