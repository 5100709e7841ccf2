/** The journal as server-sent events: what is there first, then what happens, at the pace of the reader. */
import type { ServerResponse } from 'node:http';
import type { JournalListener } from '../core/journal/journal.ts';
import type { JournalEntry } from '../wire/journal-entry.ts';
import type { JournalSubject } from '../wire/journal-subject.ts';
import type { JsonValue } from '../wire/twin.ts';

export interface StreamLimits {
  /** Between two comments that keep the connection alive. Real time. */
  readonly keepAliveMs: number;
  /** What may wait for a slow reader; beyond it the stream ends with the event `overflow`. */
  readonly backlogBytesMax: number;
}

export interface EntryOfSubject {
  readonly subject: JournalSubject;
  readonly entry: JournalEntry;
}

export interface StreamOptions {
  readonly response: ServerResponse;
  /** Entries on record, oldest first; each is rendered only when the reader takes it. */
  readonly replay: readonly EntryOfSubject[];
  readonly subscribe: (listener: JournalListener) => () => void;
  readonly accepts: (subject: JournalSubject, entry: JournalEntry) => boolean;
  readonly render: (one: EntryOfSubject) => JsonValue;
  readonly limits: StreamLimits;
}

/** How long a reader may take to fetch the last event before its connection is cut. */
const FAREWELL_MS = 60_000;

export function streamEntries({ response, subscribe, limits, ...rest }: StreamOptions): void {
  const backlog = backlogOf(rest);
  let isFlowing = true;
  let isEnded = false;

  const write = (text: string): void => {
    isFlowing = response.write(text);
  };
  const pump = (): void => {
    while (isFlowing && !isEnded) {
      const text = backlog.next();
      if (text === undefined) return;
      write(text);
    }
  };
  const overflow = (): void => {
    stop();
    const message = `This reader is too slow: ${backlog.drop()} entries were left unsent and the stream ends here. GET /journal has them.`;
    response.end(framed('overflow', { message }));
    setTimeout(() => response.destroy(), FAREWELL_MS).unref();
  };

  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const unsubscribe = subscribe((subject, entry) => {
    if (!rest.accepts(subject, entry)) return;
    backlog.add({ subject, entry });
    pump();
    if (backlog.bytes() > limits.backlogBytesMax) overflow();
  });
  const keepAlive = setInterval(() => {
    // A reader that does not read is not waiting for a sign of life.
    if (isFlowing) write(': keep-alive\n\n');
  }, limits.keepAliveMs);
  const stop = (): void => {
    isEnded = true;
    clearInterval(keepAlive);
    unsubscribe();
  };
  response.on('drain', () => {
    isFlowing = true;
    pump();
  });
  response.on('close', stop);
  response.on('error', stop);
  write(': the journal of dps-emulator\n\n');
  pump();
}

/** What is still to be sent: entries on record, then what has come since. */
function backlogOf({ replay, accepts, render }: Pick<StreamOptions, 'replay' | 'accepts' | 'render'>) {
  const waiting: string[] = [];
  let waitingBytes = 0;
  let replayed = 0;
  const frame = (one: EntryOfSubject): string => framed('entry', render(one), one.entry.sequence);
  return {
    /** Of what has come since. */
    bytes: () => waitingBytes,
    add: (one: EntryOfSubject): void => {
      const text = frame(one);
      waiting.push(text);
      waitingBytes += Buffer.byteLength(text);
    },
    next: (): string | undefined => {
      for (let one = replay[replayed]; one !== undefined; one = replay[replayed]) {
        replayed += 1;
        if (accepts(one.subject, one.entry)) return frame(one);
      }
      const text = waiting.shift();
      waitingBytes -= Buffer.byteLength(text ?? '');
      return text;
    },
    /** @returns how many there were */
    drop: () => waiting.splice(0).length,
  };
}

/** JSON has no line breaks of its own, so one `data` line holds it. */
function framed(event: string, data: JsonValue, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
