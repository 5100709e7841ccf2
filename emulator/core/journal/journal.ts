/** One bounded timeline per registration; the oldest concluded one makes room, and that is counted. */

import type { JournalEntry, JournalEvent, Timeline } from '../../wire/journal-entry.ts';
import { maskJson } from '../../wire/mask.ts';
import type { JsonValue } from '../../wire/twin.ts';
import { registrationAddress } from '../store/registrations.ts';

export interface JournalSubject {
  readonly idScope: string;
  readonly registrationId: string;
}

export type JournalListener = (subject: JournalSubject, entry: JournalEntry) => void;

export interface Journal {
  record(subject: JournalSubject, event: JournalEvent): void;
  timeline(idScope: string, registrationId: string): Timeline | undefined;
  /** By last conclusion (or first entry, where there is none), oldest first. */
  timelines(): readonly Timeline[];
  /** Timelines dropped to keep the journal bounded. */
  droppedTimelines(): number;
  /** Hears of every entry as it is recorded; the returned function ends that. */
  subscribe(listener: JournalListener): () => void;
  /** Forgets what is on record of an ID scope. */
  forget(idScope: string): void;
  clear(): void;
}

export interface JournalOptions {
  readonly now: () => number;
  readonly timelinesMax: number;
  readonly entriesPerTimelineMax: number;
}

interface MutableTimeline {
  readonly idScope: string;
  readonly registrationId: string;
  readonly entries: JournalEntry[];
  droppedEntries: number;
  isOpen: boolean;
}

/** A registration id that nobody vetted can be long; what is kept of it for display is not. */
const SUBJECT_LENGTH_MAX = 256;

export function createJournal({ now, timelinesMax, entriesPerTimelineMax }: JournalOptions): Journal {
  const timelines = new Map<string, MutableTimeline>();
  const listeners = new Set<JournalListener>();
  let sequence = 0;
  let dropped = 0;

  const open = (subject: JournalSubject): MutableTimeline => {
    const address = registrationAddress(subject.idScope, subject.registrationId);
    const found = timelines.get(address);
    if (found !== undefined) return found;
    if (timelines.size >= timelinesMax) makeRoom();
    const timeline = { ...subject, entries: [], droppedEntries: 0, isOpen: false };
    timelines.set(address, timeline);
    return timeline;
  };

  /** Keeps the concluded ones in the order of their conclusion. */
  const moveToEnd = (subject: JournalSubject): void => {
    const address = registrationAddress(subject.idScope, subject.registrationId);
    const timeline = timelines.get(address);
    if (timeline === undefined) return;
    timelines.delete(address);
    timelines.set(address, timeline);
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
      const short = {
        idScope: subject.idScope.slice(0, SUBJECT_LENGTH_MAX),
        registrationId: subject.registrationId.slice(0, SUBJECT_LENGTH_MAX),
      };
      const timeline = open(short);
      sequence += 1;
      const entry: JournalEntry = { sequence, atMs: now(), event: masked(event) };
      if (event.kind === 'operation-opened') timeline.isOpen = true;
      if (event.kind === 'concluded') {
        timeline.isOpen = false;
        moveToEnd(short);
      }
      timeline.entries.push(entry);
      if (timeline.entries.length > entriesPerTimelineMax) {
        timeline.entries.shift();
        timeline.droppedEntries += 1;
      }
      for (const listener of listeners) listener(short, entry);
    },
    timeline: (idScope, registrationId) => timelines.get(registrationAddress(idScope, registrationId)),
    timelines: () => [...timelines.values()],
    droppedTimelines: () => dropped,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forget: (idScope) => {
      for (const [address, timeline] of timelines) {
        if (timeline.idScope.toLowerCase() === idScope.toLowerCase()) timelines.delete(address);
      }
    },
    clear: () => {
      timelines.clear();
      dropped = 0;
    },
  };
}

/** Whatever text or JSON comes from outside may carry a secret, in any member of any event. */
function masked(event: JournalEvent): JournalEvent {
  // Events are JSON by their types; masking changes the text of values, never the shape.
  return maskJson(event as unknown as JsonValue) as unknown as JournalEvent;
}
