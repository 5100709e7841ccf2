/** How deeply JSON from outside may be nested; what goes deeper would exhaust the stack of whoever walks over it. */
import { isJsonObject, type JsonValue } from './twin.ts';

/** The service's own limit is not on record; 64 is what .NET's JSON readers stop at by default. */
export const JSON_DEPTH_MAX = 64;

export function isTooDeep(value: JsonValue, levels: number = JSON_DEPTH_MAX): boolean {
  if (!Array.isArray(value) && !isJsonObject(value)) return false;
  if (levels === 0) return true;
  return Object.values(value).some((member: JsonValue) => isTooDeep(member, levels - 1));
}
