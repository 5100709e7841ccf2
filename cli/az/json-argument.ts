/** JSON on a command line: JSON, `@file`, or what shells that eat double quotes leave to people: a Python literal, as `az` reads it. */
import { readFileSync } from 'node:fs';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { readJsonText } from '../json-fault.ts';

export type ReadJson =
  | { readonly kind: 'json'; readonly value: JsonValue }
  /** A sentence without the text itself, which may hold a secret. */
  | { readonly kind: 'fault'; readonly fault: string };

/** Empty text is an empty object: it is how tags and properties are emptied. */
export function readJsonArgument(given: string): ReadJson {
  if (!given.startsWith('@')) return given === '' ? { kind: 'json', value: {} } : jsonIn(given, 'the value');
  const path = given.slice(1);
  try {
    return jsonIn(readFileSync(path, 'utf8').replace(/^\u{feff}/u, ''), path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { kind: 'fault', fault: `the file ${path} cannot be read (${code ?? 'unknown'})` };
  }
}

function jsonIn(text: string, where: string): ReadJson {
  const read = readJsonText(text);
  if (read.kind === 'json') return read;
  const translated = readJsonText(jsonOfPython(text));
  if (translated.kind === 'json') return translated;
  const { line, column, message } = read.fault;
  return { kind: 'fault', fault: `Failed to parse ${where} as JSON: line ${line}, column ${column}: ${message}` };
}

/** A string in either quotes, a word, or a comma before a closing bracket. */
const PYTHON = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|\b(True|False|None)\b|,(?=\s*[}\]])/g;

const WORDS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/** The same with the marks of JSON; what is no literal is no JSON afterwards either. */
function jsonOfPython(text: string): string {
  return text.replace(PYTHON, (_token, single?: string, double?: string, word?: string) => {
    if (word !== undefined) return WORDS[word] ?? word;
    const body = single ?? double;
    return body === undefined ? '' : JSON.stringify(unescaped(body));
  });
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function unescaped(body: string): string {
  return body.replace(
    /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/g,
    (_escape, long?: string, short?: string, one = '') => {
      const hex = long ?? short;
      return hex === undefined ? (ESCAPES[one] ?? one) : String.fromCharCode(Number.parseInt(hex, 16));
    },
  );
}
