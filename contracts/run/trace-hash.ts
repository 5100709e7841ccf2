/** The hash of an event trace: SHA-256 over its canonical JSON. */
import { createHash } from 'node:crypto';
import { isJsonObject, type JsonValue } from '../../emulator/wire/twin.ts';

export function hashOf(value: JsonValue): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Members in the order of their names, no blanks. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => canonicalJson(item)).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** Each case has a seed of its own, so that selecting others does not change it. */
export function caseSeed(seed: string, id: string): string {
  return createHash('sha256').update(`${seed}\n${id}`).digest('hex').slice(0, 16);
}
