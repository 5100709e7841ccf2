/** Instants as the service prints them: ISO 8601, UTC, 7 fractional digits. [dps-device-protocol §1.5] */

/** `2026-01-01T00:00:00.1230000Z`: the shape of device-facing bodies, from milliseconds since the epoch. */
export function deviceTimestamp(instantMs: number): string {
  return new Date(instantMs).toISOString().replace('Z', '0000Z');
}

/** The shape of enrollment records: the same with trailing zeros trimmed. [dps-service-behaviour §1.3] */
export function recordTimestamp(instantMs: number): string {
  return new Date(instantMs).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** Milliseconds precision, for people: logs, the journal and messages. */
export function isoInstant(instantMs: number): string {
  const date = new Date(instantMs);
  return Number.isNaN(date.getTime()) ? `${instantMs} ms` : date.toISOString();
}

/** Milliseconds since the epoch of an instant as text, Node's own way of printing certificates included; NaN for none. */
export function instantOf(text: string): number {
  return Date.parse(text);
}
