/** One timeline per subject, bounded in number and in bytes; what makes room is counted. */

import type { DroppedEntries, JournalEntry, Timeline } from '../../wire/journal-entry.ts';
import {
  type JournalSubject,
  type RegistrationSubject,
  shortSubject,
  subjectAddress,
} from '../../wire/journal-subject.ts';
import { createMasker } from '../../wire/mask.ts';
import { createKeptEntry, type RecordedEvent } from './describe.ts';
import type { KnowingMasker } from './secrets.ts';
import {
  addCounts,
  allOf,
  countDropped,
  type DroppedCounts,
  dropOldest,
  entriesOf,
  equalIn,
  isNoise,
  type Kept,
  type KeptTimeline,
  keep,
  openTimeline,
  repeatedFrom,
} from './timeline.ts';
import { bounded, weightOf } from './weight.ts';

export type JournalListener = (subject: JournalSubject, entry: JournalEntry) => void;

export interface Journal {
  record(subject: JournalSubject, event: RecordedEvent): void;
  timeline(idScope: string, registrationId: string): Timeline<RegistrationSubject> | undefined;
  /** By last conclusion (or first entry, where there is none), oldest first. */
  timelines(): readonly Timeline[];
  /** Timelines dropped to keep the journal bounded. */
  droppedTimelines(): number;
  /** Entries of every timeline that are not on record any more, those of dropped timelines among them. */
  dropped(): DroppedEntries;
  /** Hears of every entry as it is recorded, repeated or not; the returned function ends that. */
  subscribe(listener: JournalListener): () => void;
  /** Masks what is on record, before its masker forgets a secret. */
  maskAll(): void;
  /** Forgets what is on record of an ID scope. */
  forget(idScope: string): void;
  clear(): void;
}

export interface JournalOptions {
  readonly now: () => number;
  readonly timelinesMax: number;
  readonly entriesPerTimelineMax: number;
  /** Of all timelines together, about. Default: none but the other bounds. */
  readonly bytesMax?: number;
  /** Masks entries when they are read. What it knew when they were written it still knows, or `maskAll` was called. */
  readonly masker?: KnowingMasker;
  /** Told of a listener that throws; it hears of the next entry all the same. */
  readonly reportBug?: (error: unknown, where: string) => void;
}

export function createJournal(options: JournalOptions): Journal {
  const { now, entriesPerTimelineMax, masker = createMasker(), reportBug = () => undefined } = options;
  const shelf = createShelf(options);
  const listeners = new Set<JournalListener>();
  let sequence = 0;

  const record = (subject: JournalSubject, given: RecordedEvent): void => {
    const address = subjectAddress(shortSubject(subject));
    const timeline = shelf.open(address, () =>
      // Whatever stands in the place of a name may be a secret.
      shortSubject(subject, (text, lengthMax) => masker.text(masker.head(text, lengthMax))),
    );
    sequence += 1;
    const atMs = now();
    const event = bounded(given, masker);
    const made = createKeptEntry(sequence, atMs, event, masker);
    const equal = equalIn(timeline, event);
    if (equal !== undefined) shelf.takeOff(equal);
    const repeated = equal && repeatedFrom(equal);
    const kept: Kept = {
      ...(repeated === undefined ? made : createKeptEntry(sequence, atMs, event, masker, repeated)),
      kind: event.kind,
      isNoise: isNoise(event),
      occurrences: repeated?.count ?? 1,
      timeline,
      weight: weightOf(event),
    };
    for (const gone of keep(kept, event, entriesPerTimelineMax)) shelf.takeOff(gone);
    if (event.kind === 'operation-opened') timeline.isOpen = true;
    if (event.kind === 'concluded') {
      timeline.isOpen = false;
      shelf.moveToEnd(address, timeline);
    }
    shelf.add(kept);
    for (const listener of listeners) tell(listener, timeline.subject, made.entry, reportBug);
  };

  return {
    record,
    timeline: (idScope, registrationId) => {
      const found = shelf.timelines.get(subjectAddress({ kind: 'registration', idScope, registrationId }));
      return found?.subject.kind === 'registration' ? { ...found.subject, ...entriesOf(found) } : undefined;
    },
    timelines: () => [...shelf.timelines.values()].map((timeline) => ({ ...timeline.subject, ...entriesOf(timeline) })),
    droppedTimelines: shelf.droppedTimelines,
    dropped: shelf.dropped,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    maskAll: () => {
      for (const timeline of shelf.timelines.values()) for (const { entry } of allOf(timeline)) void entry.event;
    },
    forget: shelf.forget,
    clear: shelf.clear,
  };
}

function tell(
  listener: JournalListener,
  subject: JournalSubject,
  entry: JournalEntry,
  reportBug: (error: unknown, where: string) => void,
): void {
  const report = (error: unknown): void => reportBug(error, 'a listener of the journal');
  try {
    // One that is asynchronous has a type that says nothing of it.
    const given: unknown = listener(subject, entry);
    if (given instanceof Promise) given.catch(report);
  } catch (error) {
    report(error);
  }
}

/** Where timelines stand, and what goes when there is no room: requests first, then whole timelines, then the oldest entries. */
// Long because its verbs share the timelines and the count of their bytes.
function createShelf({ timelinesMax, bytesMax = Number.POSITIVE_INFINITY }: JournalOptions) {
  const timelines = new Map<string, KeptTimeline>();
  /** Entries whose request can be dropped, oldest first. */
  const withRequest = new Set<Kept>();
  let bytes = 0;
  let droppedTimelines = 0;
  let droppedWithThem: DroppedCounts = {};

  const takeOff = (kept: Kept): void => {
    bytes -= kept.weight;
    withRequest.delete(kept);
  };
  const remove = (address: string, timeline: KeptTimeline): void => {
    timelines.delete(address);
    for (const kept of allOf(timeline)) takeOff(kept);
  };
  /** An assigning registration is kept as long as any other can go; when all are assigning, the oldest goes. */
  const dropTimeline = (): void => {
    const victim = concludedFirst(timelines);
    if (victim === undefined) return;
    const [address, timeline] = victim;
    remove(address, timeline);
    droppedTimelines += 1;
    addCounts(droppedWithThem, timeline.dropped);
    for (const kept of allOf(timeline)) countDropped(droppedWithThem, kept);
  };
  /** False when there is nothing that may go. */
  const makeRoom = (): boolean => {
    const [kept] = withRequest;
    if (kept !== undefined) {
      takeOff(kept);
      kept.dropRequest();
      kept.weight = weightOf(kept.entry.event);
      bytes += kept.weight;
      return true;
    }
    if (timelines.size > 1) {
      dropTimeline();
      return true;
    }
    const [only] = timelines.values();
    if (only === undefined || allOf(only).length < 2) return false;
    for (const gone of dropOldest(only, only.noise.length > 0 ? only.noise : only.decisions, 1)) takeOff(gone);
    return true;
  };

  return {
    timelines: timelines as ReadonlyMap<string, KeptTimeline>,
    open: (address: string, subject: () => JournalSubject): KeptTimeline => {
      const found = timelines.get(address);
      if (found !== undefined) return found;
      if (timelines.size >= timelinesMax) dropTimeline();
      const timeline = openTimeline(subject());
      timelines.set(address, timeline);
      return timeline;
    },
    /** Keeps the concluded ones in the order of their conclusion. */
    moveToEnd: (address: string, timeline: KeptTimeline): void => {
      timelines.delete(address);
      timelines.set(address, timeline);
    },
    add: (kept: Kept): void => {
      bytes += kept.weight;
      if (kept.kind === 'webhook-attempt') withRequest.add(kept);
      while (bytes > bytesMax && makeRoom());
    },
    takeOff,
    droppedTimelines: () => droppedTimelines,
    dropped: (): DroppedEntries => {
      const counts = { ...droppedWithThem };
      for (const timeline of timelines.values()) addCounts(counts, timeline.dropped);
      return counts;
    },
    forget: (idScope: string): void => {
      for (const [address, timeline] of timelines) {
        const { subject } = timeline;
        const isOf = 'idScope' in subject && subject.idScope.toLowerCase() === idScope.toLowerCase();
        if (isOf) remove(address, timeline);
      }
    },
    clear: (): void => {
      timelines.clear();
      withRequest.clear();
      bytes = 0;
      droppedTimelines = 0;
      droppedWithThem = {};
    },
  };
}

function concludedFirst(timelines: ReadonlyMap<string, KeptTimeline>): readonly [string, KeptTimeline] | undefined {
  let first: readonly [string, KeptTimeline] | undefined;
  for (const one of timelines) {
    if (!one[1].isOpen) return one;
    first ??= one;
  }
  return first;
}
