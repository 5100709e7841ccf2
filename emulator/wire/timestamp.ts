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

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
const [FIRST_MS, LAST_MS] = [0, Date.UTC(9999, 11, 31, 23, 59, 59, 999)];

export const INSTANT_RULE =
  'must be an ISO 8601 instant with its time zone, such as 2026-01-01T00:00:00Z, from 1970-01-01T00:00:00Z to 9999-12-31T23:59:59Z';

/** Whether a text says which instant is meant, and one that all renderings of instants have room for. */
export function isInstant(text: string): boolean {
  const [matched, year, month, day] = INSTANT.exec(text) ?? [];
  const instantMs = instantOf(text);
  // A day that the month does not have is taken for one of the next month.
  const isDay = Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return matched !== undefined && isDay && instantMs >= FIRST_MS && instantMs <= LAST_MS;
}

/** Milliseconds since the epoch of an instant as text, Node's own way of printing certificates included; NaN for none. */
export function instantOf(text: string): number {
  return Date.parse(text);
}
