/** The one masker: keeps keys, signatures and function codes out of all that is shown: logs, journal, reports, pages, errors. */
import { type Place, SECRET_NAMES, secretsIn } from './find-secrets.ts';
import { parsedJson } from './json.ts';
import { createSecretIndex } from './secret-index.ts';
import { isJsonObject, type JsonValue } from './twin.ts';

export const MASK = '****';

const SECRET_MEMBERS: ReadonlySet<string> = new Set(SECRET_NAMES);

/** A text, or one of which only what follows `shown` is secret: a query in its URL. */
export type Secret = string | { readonly shown: string; readonly secret: string };

export interface Masker {
  /** From now on these are secrets, whatever they look like and however they are spelt; very short ones are left alone. */
  add(secrets: Iterable<Secret | undefined>): void;
  /** Masks what is, or looks like, a secret inside free text. */
  text(text: string): string;
  /** Masks secrets inside JSON: members with a secret's name, and secrets in text. */
  json(value: JsonValue): JsonValue;
  /** The beginning of a text, unmasked, cut in front of a secret that would be cut in two. */
  head(text: string, length: number): string;
}

/** Masks by what secrets look like, and by the values that are known to be secret, however they are spelt. */
export function createMasker(secrets: Iterable<Secret | undefined> = []): Masker {
  const known = createSecretIndex();
  const text = (given: string): string => withMasks(given, secretsIn(given, known));
  const json = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        text(name),
        SECRET_MEMBERS.has(name.toLowerCase()) && member !== null ? MASK : json(member),
      ]),
    );
  };
  const head = (given: string, length: number): string => {
    if (given.length <= length) return given;
    const places = secretsIn(given.slice(0, length + MARGIN + SPELLING_FACTOR_MAX * known.longest()), known);
    const across = places.find(({ start, end }) => start < length && end > length);
    return given.slice(0, across?.start ?? length).replace(/[\ud800-\udbff]$/, '');
  };
  const add: Masker['add'] = (more) => {
    for (const one of more) {
      if (typeof one === 'string') known.add(one);
      else if (one !== undefined) known.add(`${one.shown}${one.secret}`, one.shown.length);
    }
  };
  add(secrets);
  return { add, text, json, head };
}

/** What a pattern looks beyond the cut for. */
const MARGIN = 256;
/** The longest spelling of a byte that is told apart: JSON's of an HTML entity. */
const SPELLING_FACTOR_MAX = 16;

function withMasks(text: string, places: readonly Place[]): string {
  if (places.length === 0) return text;
  let shownTo = 0;
  const parts = places.map(({ start, end }) => {
    const before = text.slice(shownTo, start);
    shownTo = end;
    return `${before}${MASK}`;
  });
  return `${parts.join('')}${text.slice(shownTo)}`;
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

/** A key or a query value of fewer characters is an ordinary word outside of its place. */
export const VALUE_LENGTH_MIN = 8;

/** What nobody may read of a webhook's URL: a password, long values of the query wherever they turn up, and the whole query in its URL. */
export function secretsOfWebhookUrl(url: string, isPublic: (value: string) => boolean): readonly Secret[] {
  if (!URL.canParse(url)) return [];
  const { password, host, pathname, search } = new URL(url);
  const values = queryParts(url).flatMap(({ name, value }) =>
    name === 'api-version' || isPublic(value) ? [] : [value],
  );
  const long = [password, ...values].filter((value) => value.length >= VALUE_LENGTH_MIN);
  const shown = [pathname, `${host}${pathname}`].map((start) => `${start}?`);
  return [...long, ...(search === '' ? [] : shown.map((start) => ({ shown: start, secret: search.slice(1) })))];
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
