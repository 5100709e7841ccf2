/** Durations as people type and read them: `415s`, `7m`, `1500ms`, `1h30m`. */

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const DURATION_RULE = 'a number with its unit, such as 415s, 7m, 1500ms, 1h30m';

/** Whole milliseconds; `undefined` when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    total += Number(amount) * (UNITS_MS[unit ?? ''] ?? 0);
  }
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/** `415 s`, `1.5 s`, `12 ms`: the unit that keeps it short and exact. */
export function formatDuration(ms: number): string {
  return Math.abs(ms) >= 1000 ? `${Number((ms / 1000).toFixed(3))} s` : `${Number(ms.toFixed(ms < 10 ? 1 : 0))} ms`;
}
