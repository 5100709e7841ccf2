/** The hash of an event trace: SHA-256 over its canonical JSON. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../emulator/wire/canonical-json.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';

export function hashOf(value: JsonValue): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Each case has a seed of its own, so that selecting others does not change it. */
export function caseSeed(seed: string, id: string): string {
  return createHash('sha256').update(`${seed}\n${id}`).digest('hex').slice(0, 16);
}
