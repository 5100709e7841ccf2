/** Instants as the service prints them: ISO 8601, UTC, up to 7 fractional digits without trailing zeros. [dps-service-behaviour §1.3] */

/**
 * `2026-01-01T00:00:00.123Z`: in every body, of devices, of back ends and of the webhook. The dot goes with the last zero,
 * as .NET's own way of writing up to 7 digits has it; the clock here has three.
 */
export function utcTimestamp(instantMs: number): string {
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
