/** Writing for people: colour where it is wanted, and nothing from outside that could steer the terminal. */
import { createInterface } from 'node:readline/promises';
import { io } from './io.ts';

type Painter = (text: string) => string;

export interface Paint {
  readonly good: Painter;
  readonly warning: Painter;
  readonly bad: Painter;
  readonly strong: Painter;
  readonly faint: Painter;
}

interface Surroundings {
  readonly isTTY?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours on a terminal only, and never with `NO_COLOR`. */
export function paintFor({ isTTY, env }: Surroundings): Paint {
  const isColoured = isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint =
    (code: number): Painter =>
    (text) =>
      isColoured ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { good: paint(32), warning: paint(33), bad: paint(31), strong: paint(1), faint: paint(2) };
}

/** As the command's own output wants it. */
export const paint: Paint = {
  good: (text) => ownPaint().good(text),
  warning: (text) => ownPaint().warning(text),
  bad: (text) => ownPaint().bad(text),
  strong: (text) => ownPaint().strong(text),
  faint: (text) => ownPaint().faint(text),
};

function ownPaint(): Paint {
  const { stdout, env } = io();
  return paintFor({ isTTY: stdout.isTTY, env });
}

export function print(line = ''): void {
  io().stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

export function printError(line: string): void {
  io().stderr.write(`dps-emulator: ${line}\n`);
}

/** Asks on stderr, so that stdout stays the answer; whether it was said with y. */
export async function askedYes(question: string): Promise<boolean> {
  const terminal = createInterface({ input: io().stdin, output: io().stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} (y/n): `)).trim());
  } finally {
    terminal.close();
  }
}

/** Text that a device or a webhook chose, on one line and without control characters. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => JSON_ESCAPES[character] ?? unicodeEscape(character),
  );
}

const JSON_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function unicodeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\\u{${code.toString(16)}}`;
}
