/** Finds where a text stops being JSON that is taken. The text is never quoted: a configuration file holds keys. */
import { JSON_DEPTH_MAX, parseJson, TOO_DEEP } from '../emulator/wire/json-depth.ts';
import type { JsonValue } from '../emulator/wire/twin.ts';

export interface JsonFault {
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ReadText =
  | { readonly kind: 'json'; readonly value: JsonValue }
  | { readonly kind: 'fault'; readonly fault: JsonFault };

export function readJsonText(text: string): ReadText {
  const parsed = parseJson(text);
  if (parsed.kind === 'json') return parsed;
  return { kind: 'fault', fault: jsonFault(text) ?? { line: 1, column: 1, message: `the document is ${TOO_DEEP}` } };
}

/** Behind the name of the text: `3:14: not JSON: a value is missing` */
export function notJson({ line, column, message }: JsonFault): string {
  return `${line}:${column}: not JSON: ${message}`;
}

/** `undefined` when the text is JSON, and not too deep. */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    const end = skipSpace(text, readValue(text, 0, 0));
    if (end < text.length) throw new Stop(end, 'the document ends here; nothing may follow');
    return undefined;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { ...placeOf(text, error.at), message: error.message };
  }
}

/** Ends the reading at the first fault. */
class Stop extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const NUMBER = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
/** Everything up to the quote, or to the first character that a string may not hold. */
const STRING_REST = /([ !#-[\]-\u{10ffff}]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy;

/** Reads one value from `from` on; returns where it ends. */
function readValue(text: string, from: number, depth: number): number {
  const at = skipSpace(text, from);
  switch (text[at]) {
    case '{':
      return readMembers(text, at, depth + 1, '}', readMember);
    case '[':
      return readMembers(text, at, depth + 1, ']', readValue);
    case '"':
      return readString(text, at);
    case '/':
      throw new Stop(at, 'JSON has no comments');
    case "'":
      throw new Stop(at, 'JSON strings stand in double quotes');
    default:
      return matchEnd(NUMBER, text, at) ?? matchEnd(WORD, text, at) ?? fail(text, at, missingAt(text, at));
  }
}

function missingAt(text: string, at: number): string {
  const isWord = /^[\p{L}_$]/u.test(text.slice(at, at + 2));
  return isWord ? 'text must stand in double quotes; the only bare words are true, false, null' : 'a value is missing';
}

function readMembers(
  text: string,
  open: number,
  depth: number,
  close: '}' | ']',
  readOne: (text: string, from: number, depth: number) => number,
): number {
  if (depth > JSON_DEPTH_MAX) throw new Stop(open, `here the document is ${TOO_DEEP}`);
  let at = skipSpace(text, open + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skipSpace(text, readOne(text, at, depth));
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') return fail(text, at, `"," or "${close}" is missing`);
    const next = skipSpace(text, at + 1);
    if (text[next] === close) throw new Stop(at, `no comma may stand before "${close}"`);
    at = next;
  }
}

function readMember(text: string, from: number, depth: number): number {
  if (text[from] !== '"') return fail(text, from, 'the name of a member must stand in double quotes');
  const colon = skipSpace(text, readString(text, from));
  if (text[colon] !== ':') return fail(text, colon, '":" is missing');
  return readValue(text, colon + 1, depth);
}

function readString(text: string, from: number): number {
  const end = matchEnd(STRING_REST, text, from + 1) ?? from + 1;
  if (text[end] === '"') return end + 1;
  return fail(text, end, text[end] === '\\' ? 'this escape is not known in JSON' : 'the string is not closed');
}

function skipSpace(text: string, from: number): number {
  return matchEnd(/[ \t\r\n]*/y, text, from) ?? from;
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function fail(text: string, at: number, message: string): never {
  throw new Stop(at, at >= text.length ? `${message}: the text ends here` : message);
}

function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
