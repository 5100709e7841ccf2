/** Compares what came with what was expected, leaf by leaf. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import { matcherOf } from '../case/matchers.ts';
import type { Mismatch } from './result.ts';

export interface MatchOptions {
  /** `partial`: members of an object that are not named do not matter. */
  readonly mode: 'partial' | 'exact';
  /** The key of a device of the case. */
  readonly keyOf: (device: string) => string | undefined;
}

type Found = JsonValue | undefined;

export function match(expected: JsonValue, actual: Found, path: string, options: MatchOptions): readonly Mismatch[] {
  if (isJsonObject(expected)) {
    const matcher = matcherOf(expected);
    if (matcher === '$keys') return matchKeys(expected, actual, path, options);
    if (matcher !== undefined) return matchSpecial(expected, actual, path, options);
    return matchObject(expected, actual, path, options);
  }
  if (Array.isArray(expected)) return matchList(expected, actual, path, options);
  return Object.is(expected, actual) ? [] : [mismatch(path, expected, actual)];
}

function mismatch(path: string, expected: JsonValue | undefined, actual: Found, says?: string): Mismatch {
  return {
    path,
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
    ...(says !== undefined && { says }),
  };
}

function matchObject(expected: JsonObject, actual: Found, path: string, options: MatchOptions): readonly Mismatch[] {
  if (!isJsonObject(actual)) return [mismatch(path, expected, actual)];
  const named = Object.entries(expected).flatMap(([name, part]) =>
    match(part, actual[name], `${path}.${name}`, options),
  );
  if (options.mode === 'partial') return named;
  const extra = Object.keys(actual).filter((name) => !Object.hasOwn(expected, name));
  return [...named, ...extra.map((name) => mismatch(`${path}.${name}`, undefined, actual[name], 'is not expected'))];
}

function matchList(
  expected: readonly JsonValue[],
  actual: Found,
  path: string,
  options: MatchOptions,
): readonly Mismatch[] {
  if (!Array.isArray(actual) || actual.length !== expected.length) return [mismatch(path, expected, actual)];
  const items: readonly JsonValue[] = actual;
  return expected.flatMap((part, index) => match(part, items[index], `${path}[${index}]`, options));
}

/** `$keys` judges the names and their order, the members beside it their values. */
function matchKeys(expected: JsonObject, actual: Found, path: string, options: MatchOptions): readonly Mismatch[] {
  const { $keys, ...members } = expected;
  if (!isJsonObject(actual)) return [mismatch(path, expected, actual)];
  const names = Object.keys(actual);
  const isSame = JSON.stringify(names) === JSON.stringify($keys);
  const order = isSame ? [] : [mismatch(`${path} (members in order)`, $keys ?? [], names)];
  return [...order, ...matchObject(members, actual, path, { ...options, mode: 'partial' })];
}

function matchSpecial(expected: JsonObject, actual: Found, path: string, options: MatchOptions): readonly Mismatch[] {
  if ('$exactly' in expected) return match(expected.$exactly ?? null, actual, path, { ...options, mode: 'exact' });
  return isAccepted(expected, actual, options) ? [] : [mismatch(path, expected, actual)];
}

function isAccepted(expected: JsonObject, actual: Found, options: MatchOptions): boolean {
  const { $absent, $any, $contains, $keyOf, $matches, $oneOf } = expected;
  if ($absent === true) return actual === undefined;
  if ($any === true) return actual !== undefined;
  if (typeof $keyOf === 'string') return actual !== undefined && actual === options.keyOf($keyOf);
  if (typeof $contains === 'string') return typeof actual === 'string' && actual.includes($contains);
  if (typeof $matches === 'string') return typeof actual === 'string' && new RegExp($matches, 'u').test(actual);
  if (!Array.isArray($oneOf)) return false;
  return $oneOf.some((value: JsonValue) => match(value, actual, '', options).length === 0);
}
