/** One bounded timeline per subject; the oldest concluded one makes room, and that is counted. */

import type { JournalEntry, JournalEvent, Timeline } from '../../wire/journal-entry.ts';
import {
  type JournalSubject,
  type RegistrationSubject,
  shortSubject,
  subjectAddress,
} from '../../wire/journal-subject.ts';
import { createMasker } from '../../wire/mask.ts';
import { createEntry } from './describe.ts';
import type { KnowingMasker } from './secrets.ts';

export type JournalListener = (subject: JournalSubject, entry: JournalEntry) => void;

export interface Journal {
  record(subject: JournalSubject, event: JournalEvent): void;
  timeline(idScope: string, registrationId: string): Timeline<RegistrationSubject> | undefined;
  /** By last conclusion (or first entry, where there is none), oldest first. */
  timelines(): readonly Timeline[];
  /** Timelines dropped to keep the journal bounded. */
  droppedTimelines(): number;
  /** Hears of every entry as it is recorded; the returned function ends that. */
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
  /** Masks entries when they are read. What it knew when they were written it still knows, or `maskAll` was called. */
  readonly masker?: KnowingMasker;
  /** Told of a listener that throws; it hears of the next entry all the same. */
  readonly reportBug?: (error: unknown, where: string) => void;
}

interface MutableTimeline {
  readonly subject: JournalSubject;
  readonly entries: JournalEntry[];
  droppedEntries: number;
  isOpen: boolean;
}

export function createJournal({
  now,
  timelinesMax,
  entriesPerTimelineMax,
  masker = createMasker(),
  reportBug = () => undefined,
}: JournalOptions): Journal {
  const timelines = new Map<string, MutableTimeline>();
  const listeners = new Set<JournalListener>();
  let sequence = 0;
  let dropped = 0;

  const open = (address: string, subject: JournalSubject): MutableTimeline => {
    const found = timelines.get(address);
    if (found !== undefined) return found;
    if (timelines.size >= timelinesMax) makeRoom();
    // Whatever stands in the place of a name may be a secret.
    const shown = shortSubject(subject, (text, lengthMax) => masker.text(masker.head(text, lengthMax)));
    const timeline = { subject: shown, entries: [], droppedEntries: 0, isOpen: false };
    timelines.set(address, timeline);
    return timeline;
  };

  /** Keeps the concluded ones in the order of their conclusion. */
  const moveToEnd = (address: string, timeline: MutableTimeline): void => {
    timelines.delete(address);
    timelines.set(address, timeline);
  };

  const tell = (listener: JournalListener, subject: JournalSubject, entry: JournalEntry): void => {
    const report = (error: unknown): void => reportBug(error, 'a listener of the journal');
    try {
      // One that is asynchronous has a type that says nothing of it.
      const given: unknown = listener(subject, entry);
      if (given instanceof Promise) given.catch(report);
    } catch (error) {
      report(error);
    }
  };

  const makeRoom = (): void => {
    // An assigning registration is kept as long as any other can go; when all are assigning, the oldest goes.
    let victim: string | undefined;
    for (const [address, timeline] of timelines) {
      victim ??= address;
      if (timeline.isOpen) continue;
      victim = address;
      break;
    }
    if (victim === undefined) return;
    timelines.delete(victim);
    dropped += 1;
  };

  return {
    record: (subject, event) => {
      const address = subjectAddress(shortSubject(subject));
      const timeline = open(address, subject);
      sequence += 1;
      const entry = createEntry(sequence, now(), event, masker);
      if (event.kind === 'operation-opened') timeline.isOpen = true;
      if (event.kind === 'concluded') {
        timeline.isOpen = false;
        moveToEnd(address, timeline);
      }
      timeline.entries.push(entry);
      if (timeline.entries.length > entriesPerTimelineMax) {
        timeline.entries.shift();
        timeline.droppedEntries += 1;
      }
      for (const listener of listeners) tell(listener, timeline.subject, entry);
    },
    timeline: (idScope, registrationId) => {
      const found = timelines.get(subjectAddress({ kind: 'registration', idScope, registrationId }));
      return found?.subject.kind === 'registration' ? { ...found.subject, ...entriesOf(found) } : undefined;
    },
    timelines: () => [...timelines.values()].map((timeline) => ({ ...timeline.subject, ...entriesOf(timeline) })),
    droppedTimelines: () => dropped,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    maskAll: () => {
      for (const { entries } of timelines.values()) for (const { event: _masked } of entries);
    },
    forget: (idScope) => {
      for (const [address, { subject }] of timelines) {
        const isOf = 'idScope' in subject && subject.idScope.toLowerCase() === idScope.toLowerCase();
        if (isOf) timelines.delete(address);
      }
    },
    clear: () => {
      timelines.clear();
      dropped = 0;
    },
  };
}

function entriesOf({ entries, droppedEntries }: MutableTimeline) {
  return { entries, droppedEntries };
}
