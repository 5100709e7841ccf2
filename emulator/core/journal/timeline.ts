/** What is kept of one subject: decisions, and the noise around them, each within its own bound; what repeats is folded. */
import type { DroppedEntries, JournalEntry, JournalEvent, Repeated } from '../../wire/journal-entry.ts';
import type { JournalSubject } from '../../wire/journal-subject.ts';
import type { KeptEntry, RecordedEvent } from './describe.ts';

/** An entry on record. What it was made of is not kept, but for what an equal one may be folded into. */
export interface Kept extends KeptEntry {
  readonly kind: JournalEvent['kind'];
  readonly isNoise: boolean;
  readonly occurrences: number;
  readonly timeline: KeptTimeline;
  weight: number;
}

export interface KeptTimeline {
  readonly subject: JournalSubject;
  readonly decisions: Kept[];
  readonly noise: Kept[];
  /** Since the latest decision: what an equal one is folded into. */
  foldable: readonly Foldable[];
  readonly dropped: DroppedCounts;
  isOpen: boolean;
}

interface Foldable {
  readonly kept: Kept;
  readonly event: RecordedEvent;
}

export type DroppedCounts = Partial<Record<JournalEvent['kind'], number>>;

export function openTimeline(subject: JournalSubject): KeptTimeline {
  return { subject, decisions: [], noise: [], foldable: [], dropped: {}, isOpen: false };
}

/** Connections and polls go on for as long as a device does; what was decided is what is asked about later. */
export function isNoise(event: RecordedEvent): boolean {
  if (event.kind === 'connected' || event.kind === 'disconnected') return true;
  return event.kind === 'replied' && (event.operation !== 'register' || event.status >= 400);
}

/** The entry that says the same already, and no decision since; it gives way to one that counts both. */
export function equalIn(timeline: KeptTimeline, event: RecordedEvent): Kept | undefined {
  const found = timeline.foldable.find((one) => isEqual(one.event, event))?.kept;
  if (found === undefined) return undefined;
  unfold(timeline, [found]);
  const list = listOf(timeline, found);
  list.splice(list.indexOf(found), 1);
  return found;
}

function unfold(timeline: KeptTimeline, gone: readonly Kept[]): void {
  timeline.foldable = timeline.foldable.filter(({ kept }) => !gone.includes(kept));
}

export function repeatedFrom({ entry, occurrences }: Kept): Repeated {
  return { count: occurrences + 1, sinceMs: entry.repeated?.sinceMs ?? entry.atMs };
}

/** @returns what has to go for it */
export function keep(kept: Kept, event: RecordedEvent, entriesMax: number): readonly Kept[] {
  const { timeline, isNoise: isQuiet } = kept;
  // A refusal that repeats is one more of the same, whatever was polled in between.
  if (!isQuiet && kept.occurrences === 1) timeline.foldable = [];
  if (isQuiet || event.kind === 'refused') timeline.foldable = [...timeline.foldable, { kept, event }];
  const list = listOf(timeline, kept);
  list.push(kept);
  const max = isQuiet ? Math.ceil(entriesMax / NOISE_SHARE) : entriesMax;
  return dropOldest(timeline, list, list.length - max);
}

export function dropOldest(timeline: KeptTimeline, list: Kept[], count: number): readonly Kept[] {
  const gone = list.splice(0, Math.max(0, count));
  if (gone.length > 0) unfold(timeline, gone);
  for (const one of gone) countDropped(timeline.dropped, one);
  return gone;
}

/** Noise may take a fifth of what decisions may. */
const NOISE_SHARE = 5;

export function countDropped(counts: DroppedCounts, { kind, occurrences }: Kept): void {
  counts[kind] = (counts[kind] ?? 0) + occurrences;
}

export function addCounts(counts: DroppedCounts, more: DroppedCounts): void {
  for (const [kind, count] of Object.entries(more) as [JournalEvent['kind'], number][]) {
    counts[kind] = (counts[kind] ?? 0) + count;
  }
}

export function allOf({ decisions, noise }: KeptTimeline): readonly Kept[] {
  return [...decisions, ...noise].sort((one, other) => one.entry.sequence - other.entry.sequence);
}

export function entriesOf(timeline: KeptTimeline): {
  readonly entries: readonly JournalEntry[];
  readonly droppedEntries: number;
  readonly dropped: DroppedEntries;
} {
  const dropped = { ...timeline.dropped };
  return {
    entries: allOf(timeline).map(({ entry }) => entry),
    droppedEntries: Object.values(dropped).reduce((sum, count) => sum + count, 0),
    dropped,
  };
}

function listOf({ decisions, noise }: KeptTimeline, kept: Kept): Kept[] {
  return kept.isNoise ? noise : decisions;
}

/** Only what can repeat comes here, and that has no members inside of members. A refusal's body has an id and an instant of its own. */
function isEqual(one: RecordedEvent, other: RecordedEvent): boolean {
  const isRefusal = one.kind === 'replied' && one.status >= 400;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  if (isRefusal) names.delete('body');
  return [...names].every((name) => one[name as keyof RecordedEvent] === other[name as keyof RecordedEvent]);
}
