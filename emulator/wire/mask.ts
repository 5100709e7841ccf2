/** The one masker: keeps keys, signatures and function codes out of all that is shown: logs, journal, reports, pages, errors. */
import { parsedJson } from './json.ts';
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
  [/([?&;]code=)[^&\s"']+/gi, `$1${MASK}`],
  [/(\/\/[^/\s:@]+:)[^/\s@]+@/g, `$1${MASK}@`],
];

export interface Masker {
  /** From now on these are secrets, whatever they look like. None is ever forgotten; very short ones are left alone. */
  add(secrets: Iterable<string | undefined>): void;
  /** Masks what is, or looks like, a secret inside free text. */
  text(text: string): string;
  /** Masks secrets inside JSON: members with a secret's name, and secrets in text. */
  json(value: JsonValue): JsonValue;
}

/** Shorter ones would take ordinary words out of what is shown. */
const SECRET_LENGTH_MIN = 6;

/** Masks by what secrets look like, and by the values that are known to be secret, however they are spelt. */
export function createMasker(secrets: Iterable<string | undefined> = []): Masker {
  const spellings = new Set<string>();
  let known: RegExp | undefined;
  // Known ones first: a pattern may take a part of one and leave the rest.
  const withoutKnown = (text: string): string => (known === undefined ? text : text.replace(known, MASK));
  const text = (given: string): string => withoutPatterns(withoutKnown(given));
  const json = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        withoutKnown(name),
        SECRET_MEMBERS.has(name.toLowerCase()) && member !== null ? MASK : json(member),
      ]),
    );
  };
  const add: Masker['add'] = (more) => {
    for (const secret of more) for (const spelling of spellingsOf(secret ?? '')) spellings.add(spelling);
    if (spellings.size === 0) return;
    const longestFirst = [...spellings].sort((one, other) => other.length - one.length);
    // Without regard to case: the C SDK encodes in lower case.
    known = new RegExp(longestFirst.map((one) => one.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'gi');
  };
  add(secrets);
  return { add, text, json };
}

/** As it is, decoded and encoded as in a URL, inside JSON, inside HTML, and in base64. */
function spellingsOf(secret: string): readonly string[] {
  const plain = [
    secret,
    orAsItIs(decodeURIComponent, secret),
    orAsItIs(decodeURIComponent, secret.replaceAll('+', ' ')),
  ];
  return plain
    .flatMap((one) => [
      one,
      orAsItIs(encodeURIComponent, one),
      JSON.stringify(one).slice(1, -1),
      one.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character),
      Buffer.from(one, 'utf8').toString('base64'),
    ])
    .filter((spelling) => secret.length >= SECRET_LENGTH_MIN && spelling.length >= SECRET_LENGTH_MIN);
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What is no valid encoding, or cannot be encoded, stays. */
function orAsItIs(change: (text: string) => string, text: string): string {
  try {
    return change(text);
  } catch {
    return text;
  }
}

/** The secret part of a URL: what stands behind the `?`, value by value as it is spelt there, and a password in it. */
export function secretsOfUrl(url: string, isSecret: (name: string) => boolean = () => true): readonly string[] {
  if (!URL.canParse(url)) return [];
  const { password } = new URL(url);
  const values = queryParts(url)
    .filter(({ name }) => isSecret(name))
    .map(({ value }) => value);
  return [password, ...values];
}

/** `code`, and what else a key may travel as. Other parameters may be words that a report needs, such as a hub. */
export function namesASecret(name: string): boolean {
  return /code|key|token|sig|secret|pass|auth|sas/i.test(name);
}

/** The URL with the value of every query parameter masked, whatever its length. */
export function maskQueryValues(url: string): string {
  const query = queryParts(url).map(({ name }) => `${name}=${MASK}`);
  const parsed = new URL(url);
  parsed.search = '';
  return maskText(`${parsed.href}${query.length > 0 ? `?${query.join('&')}` : ''}`);
}

function queryParts(url: string): readonly { readonly name: string; readonly value: string }[] {
  return new URL(url).search
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => ({ name: part.split('=')[0] ?? '', value: part.slice(part.indexOf('=') + 1) }));
}

/** What looks like a key although nothing says so: for messages that repeat words which a person has mistyped. */
export function maskLikelyKeys(text: string): string {
  return text.replace(/[A-Za-z0-9+/]{22,}={0,2}/g, MASK);
}

/** A webhook's URL as the service shows it: everything behind `?` is masked. [dps-service-behaviour §1.3] */
export function maskQuery(url: string): string {
  const question = url.indexOf('?');
  return maskText(question < 0 ? url : `${url.slice(0, question)}?${MASK}`);
}

/** Every pattern needs one of these; most texts that are journaled (names, ids, states) have neither. */
const ANY_SEPARATOR = /[:=]/;

function withoutPatterns(text: string): string {
  if (!ANY_SEPARATOR.test(text)) return text;
  return SECRET_TEXT.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

/** The masker that knows no values. */
export const { text: maskText, json: maskJson } = createMasker();

/** Masks a line of a log, in which a JSON document may follow some other text. */
export function maskLogLine(line: string): string {
  const start = line.indexOf('{');
  if (start < 0) return maskText(line);
  const document = parsedJson(line.slice(start));
  if (document === undefined) return maskText(line);
  return `${maskText(line.slice(0, start))}${JSON.stringify(maskJson(document))}`;
}
