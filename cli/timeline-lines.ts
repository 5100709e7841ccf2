/** A registration's timeline as lines: instants of the emulator's clock, counted from the register they belong to. */
import type { JournalEntry } from '../emulator/wire/journal-entry.ts';
import { isoInstant } from '../emulator/wire/timestamp.ts';
import { describeEvent, paintedText } from './describe-event.ts';
import type { Paint } from './terminal.ts';

const TIME_WIDTH = 24;
const INDENT = ' '.repeat(TIME_WIDTH + 2);

/** Takes the entries of one timeline in their order, as they come. */
export function timelineLines(paint: Paint): (entry: JournalEntry) => readonly string[] {
  let baseMs: number | undefined;
  return ({ atMs, event }) => {
    const isRegister = event.kind === 'register-received';
    const isBase = isRegister || baseMs === undefined;
    if (isBase) baseMs = atMs;
    const time = isBase ? isoInstant(atMs) : `+${((atMs - (baseMs ?? atMs)) / 1000).toFixed(3)} s`;
    const line = describeEvent(event);
    const painted = paintedText(line, paint);
    return [
      ...(isRegister ? [''] : []),
      `${time.padStart(TIME_WIDTH)}  ${isRegister ? paint.strong(painted) : painted}`,
      ...line.details.map((detail) => `${INDENT}  ${paint.faint(detail)}`),
    ];
  };
}
