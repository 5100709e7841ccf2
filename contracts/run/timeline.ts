/** The story of a case: its steps, and between them what the emulator's journal tells, as it happens. */
import { detailsOf } from '../../emulator/service-door.ts';
import type { JournalEntry } from '../../emulator/wire/journal-entry.ts';
import type { TimelineEntry } from './result.ts';

export interface TimelineWriter {
  step(text: string): void;
  event(registrationId: string, entry: JournalEntry): void;
  entries(): readonly TimelineEntry[];
}

/** A program that polls for minutes would fill a report with lines that say nothing. */
const ENTRIES_MAX = 500;

/** @param now milliseconds on the emulator's clock */
export function createTimeline(now: () => number): TimelineWriter {
  const startMs = now();
  const entries: TimelineEntry[] = [];
  let repeated = 0;
  let dropped = 0;

  const push = (entry: TimelineEntry): void => {
    const last = entries.at(-1);
    const isSame = last !== undefined && isRepetition(last, entry, repeated);
    if (isSame) {
      repeated += 1;
      entries[entries.length - 1] = { ...entry, text: `${entry.text} (${repeated} times)` };
      return;
    }
    repeated = 1;
    if (entries.length < ENTRIES_MAX) entries.push(entry);
    else dropped += 1;
  };

  return {
    step: (text) => push({ atSeconds: (now() - startMs) / 1000, text }),
    event: (subject, { atMs, text, tone, event }) => {
      const detail = detailsOf(event)
        .map(({ name, text: more }) => `${name} ${more}`)
        .join('\n');
      push({ atSeconds: (atMs - startMs) / 1000, subject, text, tone, ...(detail !== '' && { detail }) });
    },
    entries: () => {
      if (dropped === 0) return entries;
      return [...entries, { atSeconds: (now() - startMs) / 1000, text: `${dropped} further entries are not shown` }];
    },
  };
}

function isRepetition(last: TimelineEntry, entry: TimelineEntry, repeated: number): boolean {
  const text = repeated > 1 ? `${entry.text} (${repeated} times)` : entry.text;
  return (
    entry.subject !== undefined &&
    last.subject === entry.subject &&
    last.atSeconds === entry.atSeconds &&
    last.text === text &&
    last.detail === entry.detail
  );
}
