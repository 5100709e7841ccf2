/** A registration's timeline as lines: instants of the emulator's clock, counted from the register they belong to. */
import { detailsOf } from '../emulator/service-door.ts';
import type { JournalEntry, Tone } from '../emulator/wire/journal-entry.ts';
import { isoInstant } from '../emulator/wire/timestamp.ts';
import { type Paint, printable } from './terminal.ts';

const TIME_WIDTH = 24;
const INDENT = ' '.repeat(TIME_WIDTH + 2);
const NAME_WIDTH = 8;

/** Takes the entries of one timeline in their order, as they come. */
export function timelineLines(paint: Paint): (entry: JournalEntry) => readonly string[] {
  let baseMs: number | undefined;
  return (entry) => {
    const { atMs, event } = entry;
    const isRegister = event.kind === 'register-received';
    const isBase = isRegister || baseMs === undefined;
    if (isBase) baseMs = atMs;
    const time = isBase ? isoInstant(atMs) : `+${((atMs - (baseMs ?? atMs)) / 1000).toFixed(3)} s`;
    const said = entryText(entry, paint);
    const details = detailsOf(event).map(({ name, text }) => printable(`${name.padEnd(NAME_WIDTH)}  ${text}`));
    return [
      ...(isRegister ? [''] : []),
      `${time.padStart(TIME_WIDTH)}  ${isRegister ? paint.strong(said) : said}`,
      ...details.map((detail) => `${INDENT}  ${paint.faint(detail)}`),
    ];
  };
}

const PAINTS: Readonly<Record<Tone, keyof Paint | undefined>> = {
  quiet: 'faint',
  neutral: undefined,
  good: 'good',
  warning: 'warning',
  bad: 'bad',
};

export function entryText({ text, tone }: JournalEntry, paint: Paint): string {
  const paintName = PAINTS[tone];
  return paintName === undefined ? printable(text) : paint[paintName](printable(text));
}
