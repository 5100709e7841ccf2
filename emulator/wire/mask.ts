/** Keeps keys, signatures and function codes out of everything that is shown: logs, journal, reports, pages, errors. */
import { isJsonObject, type JsonValue } from './twin.ts';

export const MASK = '****';

/** Members whose value is a secret wherever they stand. */
const SECRET_MEMBERS = new Set([
  'primarykey',
  'secondarykey',
  'sharedaccesskey',
  'symmetrickeyvalue',
  'authenticationkey',
  'password',
  'x-functions-key',
  'authorization',
]);

const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
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

/** Masks what looks like a secret inside free text. */
export function maskText(text: string): string {
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
      SECRET_MEMBERS.has(name.toLowerCase()) && typeof member === 'string' ? MASK : maskJson(member),
    ]),
  );
}
