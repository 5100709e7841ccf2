/** Keeps keys, signatures and function codes out of everything that is shown: logs, journal, reports, pages, errors. */
import { isJsonObject, type JsonValue } from './twin.ts';

export const MASK = '****';

/** Members whose value is a secret wherever they stand. */
const SECRET_NAMES = [
  'primarykey',
  'secondarykey',
  'sharedaccesskey',
  'symmetrickeyvalue',
  'authenticationkey',
  'password',
  'x-functions-key',
  'authorization',
] as const;
const SECRET_MEMBERS: ReadonlySet<string> = new Set(SECRET_NAMES);
const ANY_SECRET_NAME = SECRET_NAMES.join('|');

/** JSON inside text, and JSON inside a string of such JSON (Java sends its payload so); what was JSON stays JSON. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`("(?:${ANY_SECRET_NAME})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*"`, 'gi'), `$1${MASK}"`],
  [
    new RegExp(
      `(\\\\"(?:${ANY_SECRET_NAME})\\\\"\\s*:\\s*\\\\")(?:[^"\\\\]|\\\\\\\\(?:\\\\["\\\\]|[^"\\\\]))*\\\\"`,
      'gi',
    ),
    `$1${MASK}\\"`,
  ],
  [/(\bsig=)[^&\s"']+/gi, `$1${MASK}`],
  [/(\bSharedAccessKey=)[^;\s"']+/gi, `$1${MASK}`],
  [/(\bx-functions-key["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi, `$1${MASK}`],
  [/([?&]code=)[^&\s"']+/gi, `$1${MASK}`],
  [/(\/\/[^/\s:@]+:)[^/\s@]+@/g, `$1${MASK}@`],
];

/** A webhook's URL as the service shows it: everything behind `?` is masked. [dps-service-behaviour §1.3] */
export function maskQuery(url: string): string {
  const question = url.indexOf('?');
  return maskText(question < 0 ? url : `${url.slice(0, question)}?${MASK}`);
}

/** Every pattern needs one of these; most texts that are journaled (names, ids, states) have neither. */
const ANY_SEPARATOR = /[:=]/;

/** Masks what looks like a secret inside free text. */
export function maskText(text: string): string {
  if (!ANY_SEPARATOR.test(text)) return text;
  return SECRET_TEXT.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

/** Masks secrets inside JSON: members with a secret's name, and secrets in text. */
export function maskJson(value: JsonValue): JsonValue {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map((item: JsonValue) => maskJson(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET_MEMBERS.has(name.toLowerCase()) && member !== null ? MASK : maskJson(member),
    ]),
  );
}

/** Masks a line of a log, in which a JSON document may follow some other text. */
export function maskLogLine(line: string): string {
  const start = line.indexOf('{');
  if (start < 0) return maskText(line);
  try {
    const document = JSON.parse(line.slice(start)) as JsonValue;
    return `${maskText(line.slice(0, start))}${JSON.stringify(maskJson(document))}`;
  } catch {
    return maskText(line);
  }
}
