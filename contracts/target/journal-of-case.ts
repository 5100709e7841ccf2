/** The journal of a case at an emulator that is reached over its control API: read again and again while somebody waits. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ControlClient } from '../../client/control-client.ts';
import type { JournalEvent } from '../../emulator/wire/journal-entry.ts';
import { subjectName } from '../../emulator/wire/journal-subject.ts';
import type { EntryListener, TargetCase } from './target.ts';

export type CaseJournal = TargetCase['journal'] &
  Pick<TargetCase, 'entries' | 'onWaiting'> & {
    /** Resolves when the connections of the case have ended there too, or will not. */
    untilDisconnected(): Promise<void>;
    stop(): void;
  };

/** An emulator hears at once of a connection that has ended; a case that waits longer has met something else. */
const GOODBYE_MS = 2000;

/** Between two looks, while somebody waits. */
const LOOK_MS = 50;

// Long because its readers and its writer share one place in the journal.
export function followJournal(client: ControlClient, scopes: readonly string[]): CaseJournal {
  const listeners = new Set<EntryListener>();
  const stopped = new AbortController();
  let lastSequence = 0;
  let calls = 0;
  let connections = 0;
  let reading: Promise<void> = Promise.resolve();

  const read = async (): Promise<void> => {
    const timelines = (await Promise.all(scopes.map((idScope) => client.timelines({ idScope })))).flat();
    const news = timelines
      .flatMap((timeline) => timeline.entries.map((entry) => ({ registrationId: subjectName(timeline), entry })))
      .filter(({ entry }) => entry.sequence > lastSequence)
      .sort((a, b) => a.entry.sequence - b.entry.sequence);
    // Connections that repeat are one entry, which is told again.
    const counted = (kind: JournalEvent['kind']): number =>
      timelines.reduce((sum, { entries, dropped }) => {
        const onRecord = entries.filter(({ event }) => event.kind === kind);
        return onRecord.reduce((all, { repeated }) => all + (repeated?.count ?? 1), sum + (dropped[kind] ?? 0));
      }, 0);
    calls = counted('webhook-attempt');
    connections = counted('connected') - counted('disconnected');
    for (const { registrationId, entry } of news) {
      lastSequence = entry.sequence;
      for (const listener of listeners) listener(registrationId, entry);
    }
  };
  const catchUp = (): Promise<void> => {
    reading = reading.catch(() => undefined).then(read);
    return reading;
  };
  const subscribe = (listener: EntryListener): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  /** Until `isOver`, or until the case is. */
  const keepReading = async (isOver: () => boolean, signal: AbortSignal): Promise<void> => {
    await catchUp();
    while (!isOver()) {
      await wait(LOOK_MS, undefined, { signal: AbortSignal.any([signal, stopped.signal]) });
      await catchUp();
    }
  };

  return {
    subscribe,
    catchUp,
    untilWebhookCalls: (count, signal) => keepReading(() => calls >= count, signal),
    entries: async (idScope, registrationId) => {
      const [timeline] = await client.timelines({ idScope, registrationId });
      return timeline?.entries ?? [];
    },
    onWaiting: (registrationId, listener) => {
      const over = new AbortController();
      const stop = subscribe((subject, { event }) => {
        if (!isToldToWait(event, { subject, registrationId })) return;
        client.clock().then(
          ({ pending, openHolds }) => {
            if (pending.length > 0 && openHolds.length === 0) listener();
          },
          () => undefined,
        );
      });
      keepReading(() => over.signal.aborted, over.signal).catch(() => undefined);
      return () => {
        over.abort();
        stop();
      };
    },
    untilDisconnected: () =>
      keepReading(() => connections <= 0, AbortSignal.timeout(GOODBYE_MS)).catch(() => undefined),
    stop: () => stopped.abort(),
  };
}

/** Its poll was answered `assigning`. */
export function isToldToWait(event: JournalEvent, of: { readonly subject: string; readonly registrationId: string }) {
  const isPoll = event.kind === 'replied' && event.operation === 'poll' && event.status === 202;
  return isPoll && of.subject.toLowerCase() === of.registrationId.toLowerCase();
}
