/** The same case over several transports: its event traces have to be equal where it says so. */
import { canonicalJson } from '../../emulator/wire/canonical-json.ts';
import { isJsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { Mismatch } from './result.ts';
import type { RanCase } from './run-case.ts';

/** Every later transport is compared with the first; the mismatch names the first event that differs. */
export function compareTraces(ran: readonly RanCase[]): readonly RanCase[] {
  const [first, ...others] = ran;
  if (first === undefined || first.result.traceHash === null) return ran;
  return [first, ...others.map((other) => (isSame(first, other) ? other : withDifference(first, other)))];
}

function isSame(first: RanCase, other: RanCase): boolean {
  return other.result.outcome === 'error' || first.result.traceHash === other.result.traceHash;
}

function withDifference(first: RanCase, other: RanCase): RanCase {
  const [expected, actual] = firstDifference(eventsOf(first.trace), eventsOf(other.trace));
  const mismatch: Mismatch = {
    path: 'expect.traceEqualAcrossTransports',
    says: `the event trace differs from the one over ${first.result.transport}, here first`,
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
  };
  const { result } = other;
  return { ...other, result: { ...result, outcome: 'failed', mismatches: [...result.mismatches, mismatch] } };
}

function eventsOf(trace: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(trace)) return [];
  return trace.flatMap((registration: JsonValue) => {
    if (!isJsonObject(registration) || !Array.isArray(registration.events)) return [];
    const { registrationId = null } = registration;
    return registration.events.map((event: JsonValue) => (isJsonObject(event) ? { registrationId, ...event } : event));
  });
}

function firstDifference(
  first: readonly JsonValue[],
  other: readonly JsonValue[],
): readonly [JsonValue | undefined, JsonValue | undefined] {
  const length = Math.max(first.length, other.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [first[index], other[index]];
    if (canonicalJson(a ?? null) !== canonicalJson(b ?? null)) return [a, b];
  }
  return [undefined, undefined];
}
