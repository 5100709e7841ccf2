/** What became of a registration, as the emulator's journal has it: known at once, so that nothing has to be awaited. */

import { detailsOf, type Emulator } from '../../emulator/service-door.ts';
import type { DroppedEntries, JournalEntry, JournalEvent } from '../../emulator/wire/journal-entry.ts';

/** A device at an emulator, whoever registers it. */
export interface Registration {
  readonly emulator: Emulator;
  readonly idScope: string;
  readonly registrationId: string;
}

export type Outcome =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'assigning' }
  | { readonly kind: 'assigned'; readonly hub: string; readonly deviceId: string }
  | { readonly kind: 'failed'; readonly errorCode: number; readonly message: string }
  /** No registration came of it: the credential or the request was refused. */
  | { readonly kind: 'refused'; readonly errorCode: number | undefined; readonly message: string }
  | { readonly kind: 'disabled' };

/** Of the latest attempt to register. */
export function outcomeOf(registration: Registration): Outcome {
  return onRecord(registration).entries.reduce<Outcome>((outcome, { event }) => after(event) ?? outcome, {
    kind: 'unknown',
  });
}

function after(event: JournalEvent): Outcome | undefined {
  switch (event.kind) {
    case 'operation-opened':
      return { kind: 'assigning' };
    case 'refused': {
      if (event.operation !== 'register' && event.operation !== 'connect') return undefined;
      return { kind: 'refused', errorCode: event.errorCode, message: `${event.reason}: ${event.detail}` };
    }
    case 'concluded':
      return concluded(event);
    default:
      return undefined;
  }
}

function concluded(event: Extract<JournalEvent, { readonly kind: 'concluded' }>): Outcome | undefined {
  const { status, hub = '', deviceId = '', errorCode = 0, errorMessage = '' } = event;
  if (status === 'assigned') return { kind: 'assigned', hub, deviceId };
  if (status === 'failed') return { kind: 'failed', errorCode, message: errorMessage };
  return status === 'disabled' ? { kind: 'disabled' } : undefined;
}

/** Of one device, or of all. */
export type Subject = Registration | { readonly emulator: Emulator };

interface OnRecord {
  /** In the order in which it happened. */
  readonly entries: readonly JournalEntry[];
  /** The journal had more calls of the webhook, and let go of them to make room. */
  readonly isIncomplete: boolean;
}

export function onRecord(subject: Subject): OnRecord {
  const { journal } = subject.emulator;
  const one = 'registrationId' in subject ? journal.timeline(subject.idScope, subject.registrationId) : undefined;
  const timelines = 'registrationId' in subject ? (one === undefined ? [] : [one]) : journal.timelines();
  const isDropped = (dropped: DroppedEntries | undefined): boolean => (dropped?.['webhook-attempt'] ?? 0) > 0;
  return {
    entries: timelines.flatMap(({ entries }) => entries).sort((first, other) => first.sequence - other.sequence),
    // Whose the timelines were that had to go is forgotten with them: they may have been this one's.
    isIncomplete:
      isDropped(one?.dropped) ||
      (isDropped(journal.dropped()) && (!('registrationId' in subject) || journal.droppedTimelines() > 0)),
  };
}

/** A device that polls for minutes would fill the screen. */
const LINES_MAX = 60;
const DETAIL_MAX = 200;
/** Only what a test is likely to be about: what was decided, and by which answer. */
const SHOWN_DETAILS: readonly string[] = ['response', 'twin'];

/** The story, a line per event; instants in seconds from the first one. */
export function timelineText(entries: readonly JournalEntry[]): string {
  const startMs = entries[0]?.atMs ?? 0;
  const lines = entries.flatMap(({ atMs, text, event }) => {
    const details = detailsOf(event).filter(({ name, text: more }) => SHOWN_DETAILS.includes(name) && more !== '');
    const at = `${(atMs - startMs) / 1000} s`.padStart(9);
    return [`${at}  ${text}`, ...details.map((one) => `${' '.repeat(13)}${shortened(`${one.name} ${one.text}`)}`)];
  });
  if (lines.length === 0) return `${' '.repeat(11)}nothing`;
  const left = lines.length - LINES_MAX;
  return (left <= 0 ? lines : [`${' '.repeat(11)}… ${left} earlier lines`, ...lines.slice(left)]).join('\n');
}

function shortened(text: string): string {
  return text.length > DETAIL_MAX ? `${text.slice(0, DETAIL_MAX)}…` : text;
}
