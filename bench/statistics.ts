/** The middle of several measurements, and how far they lie apart. */

export interface Summary {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((one, other) => one - other);
  const lowest = sorted[0];
  const highest = sorted.at(-1);
  if (lowest === undefined || highest === undefined) throw new Error('nothing was measured');
  return { median: medianOf(sorted), lowest, highest };
}

function medianOf(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return (lower + upper) / 2;
}
