/** The hub's limits on a twin. [dps-service-behaviour §6] */
import type { InitialTwin, JsonObject, JsonValue } from './twin.ts';

const TAGS_BYTES_MAX = 8 * 1024;
const DESIRED_BYTES_MAX = 32 * 1024;
const DEPTH_MAX = 10;
const KEY_BYTES_MAX = 1024;
const STRING_BYTES_MAX = 4 * 1024;
const INTEGER_MAX = 4_503_599_627_370_495;
const INTEGER_MIN = -4_503_599_627_370_496;

/** Control characters, `.`, `$` and space may not stand in a key. */
const KEY_FORBIDDEN = /[.$ ]/;

/** Every way in which the hub would refuse this twin, each naming the member and the rule; empty when it would not. */
export function twinFaults(twin: InitialTwin): readonly string[] {
  return [
    ...sectionFaults('tags', twin.tags ?? undefined, TAGS_BYTES_MAX),
    ...sectionFaults('properties.desired', twin.properties?.desired ?? undefined, DESIRED_BYTES_MAX),
  ];
}

/** The member that is null, or holds a list with a null in it: a whole twin with one is refused. [found/2026-11 A7] */
export function nullMemberOf({ tags, properties }: InitialTwin): string | undefined {
  return nullIn(tags ?? {}, 'tags', 0) ?? nullIn(properties?.desired ?? {}, 'desired', 0);
}

function nullIn(value: JsonValue, name: string, depth: number): string | undefined {
  if (value === null) return name;
  if (typeof value !== 'object' || depth > DEPTH_MAX) return undefined;
  const members = Array.isArray(value) ? value.map((item: JsonValue) => [name, item] as const) : Object.entries(value);
  for (const [member, inner] of members) {
    const found = nullIn(inner, member, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The hub's own words. */
export function nullMemberText(member: string): string {
  return `Value of Property or Tag cannot be null. Error in Property/Tag ${member}`;
}

function sectionFaults(name: string, section: JsonObject | undefined, bytesMax: number): readonly string[] {
  if (section === undefined) return [];
  const bytes = sizeOf(section, 0);
  const size = bytes > bytesMax ? [`${name} is ${bytes} bytes; at most ${bytesMax} are allowed`] : [];
  return [...size, ...valueFaults(name, section, 0)];
}

/**
 * As the hub counts: UTF-8 of keys and strings without control characters, 8 bytes a number, 4 a boolean. Arrays and
 * null are not on record and count by their elements, and nothing. Beyond the greatest depth nothing is counted.
 */
function sizeOf(value: JsonValue, depth: number): number {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value === 'number') return 8;
  if (typeof value === 'boolean') return 4;
  if (value === null || depth > DEPTH_MAX) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item: JsonValue) => sum + sizeOf(item, depth + 1), 0);
  return Object.entries(value).reduce((sum, [key, item]) => sum + textBytes(key) + sizeOf(item, depth + 1), 0);
}

function textBytes(text: string): number {
  const controls = [...text].filter(isControl).join('');
  return Buffer.byteLength(text) - Buffer.byteLength(controls);
}

/** `depth` counts the objects and arrays around a value; a plain value in the tenth object is fine. */
function valueFaults(path: string, value: JsonValue, depth: number): readonly string[] {
  if (typeof value === 'string') {
    const bytes = Buffer.byteLength(value);
    return bytes > STRING_BYTES_MAX ? [`${path} is a string of ${bytes} bytes; at most ${STRING_BYTES_MAX}`] : [];
  }
  if (typeof value === 'number') {
    const isBeyond = Number.isInteger(value) && (value > INTEGER_MAX || value < INTEGER_MIN);
    return isBeyond ? [`${path} is ${value}; integers must lie between ${INTEGER_MIN} and ${INTEGER_MAX}`] : [];
  }
  if (value === null || typeof value === 'boolean') return [];
  if (depth > DEPTH_MAX) return [`${path} is nested deeper than ${DEPTH_MAX} levels`];
  if (Array.isArray(value)) {
    return value.flatMap((item: JsonValue, index) => valueFaults(`${path}[${index}]`, item, depth + 1));
  }
  return Object.entries(value).flatMap(([key, member]) => [
    ...keyFaults(path, key),
    ...valueFaults(`${path}.${key}`, member, depth + 1),
  ]);
}

function keyFaults(path: string, key: string): readonly string[] {
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) return [`a key in ${path} is longer than ${KEY_BYTES_MAX} bytes`];
  const isForbidden = KEY_FORBIDDEN.test(key) || [...key].some(isControl);
  return isForbidden ? [`the key "${key}" in ${path} has a control character, ".", "$" or a space`] : [];
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
