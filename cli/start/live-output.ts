/** What `start` prints after the block: a line per event as it happens and the webhook's log, for people or as NDJSON. */

import type { ReadyDocument } from '../../client/ready-file.ts';
import type { JournalListener } from '../../emulator/index.ts';
import { subjectName } from '../../emulator/wire/journal-subject.ts';
import { maskJson } from '../../emulator/wire/mask.ts';
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';
import { type Paint, print, printable } from '../terminal.ts';
import { entryText } from '../timeline-lines.ts';

export interface LiveOutput {
  ready(document: ReadyDocument, notices: readonly string[], block: readonly string[]): void;
  readonly event: JournalListener;
  webhookLog(line: string): void;
}

export interface LiveOutputOptions {
  readonly isJson: boolean;
  /** Nothing after the block. */
  readonly isQuiet: boolean;
  readonly paint: Paint;
}

export function liveOutput({ isJson, isQuiet, paint }: LiveOutputOptions): LiveOutput {
  const output = isJson ? ndjsonOutput() : textOutput(paint);
  const nothing = (): void => undefined;
  return isQuiet ? { ...output, event: nothing, webhookLog: nothing } : output;
}

/** One JSON document per line, told apart by `kind`. */
function ndjsonOutput(): LiveOutput {
  const write = (kind: string, rest: object): void => print(JSON.stringify({ kind, ...rest }));
  return {
    ready: (document, notices) => write('ready', { ...document, notices }),
    // What a device sends is its own affair, but keys do not belong into a log.
    event: ({ kind: _kind, ...subject }, entry) =>
      write('event', maskJson({ ...subject, ...entry } as unknown as JsonValue) as JsonObject),
    webhookLog: (line) => write('webhook-log', { line }),
  };
}

function textOutput(paint: Paint): LiveOutput {
  return {
    ready: (_document, _notices, block) => {
      print(['', ...block, '', paint.faint('  Ctrl+C stops it. What happens shows below.'), ''].join('\n'));
    },
    event: (subject, entry) => {
      const who = paint.strong(printable(subjectName(subject)));
      print(`${timeOfDay(entry.atMs)}  ${who}  ${entryText(entry, paint)}`);
    },
    webhookLog: (line) => print(paint.faint(`webhook | ${printable(line)}`)),
  };
}

/** UTC, on the emulator's clock. */
function timeOfDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 23);
}
