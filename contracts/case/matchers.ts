/** The matchers that an expected value may hold, and what is wrong with one. */
import type { Fault } from '../../emulator/wire/fault.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';

/** Members that turn an expected object into a matcher; `$keys` may stand beside ordinary members. */
export const MATCHERS = {
  $absent: 'true: the member is not there',
  $any: 'true: the member is there, whatever it is',
  $contains: 'a text that has to be part of it',
  $exactly: 'the whole value, no member more',
  $keyOf: "a device of the case: the device's own key",
  $keys: 'the names of all members, in their order',
  $matches: 'a regular expression',
  $oneOf: 'a list of values',
} as const;

type MatcherName = keyof typeof MATCHERS;

export function matcherOf(value: JsonObject): MatcherName | undefined {
  return Object.keys(value).find((name): name is MatcherName => name.startsWith('$'));
}

/** Every matcher that cannot work, each with its rule. */
export function matcherFaults(
  value: JsonValue | undefined,
  path: string,
  devices: readonly string[],
): readonly Fault[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: JsonValue, index) => matcherFaults(item, `${path}[${index}]`, devices));
  }
  if (value === undefined || !isJsonObject(value)) return [];
  const name = matcherOf(value);
  const own = name === undefined ? undefined : ruleBroken(name, value, devices);
  if (name !== undefined && own !== undefined) return [{ path: `${path}.${name}`, rule: own }];
  const inner = Object.entries(value).filter(([member]) => !member.startsWith('$') || member === '$exactly');
  return inner.flatMap(([member, part]) => matcherFaults(part, `${path}.${member}`, devices));
}

function ruleBroken(name: MatcherName, value: JsonObject, devices: readonly string[]): string | undefined {
  if (!Object.hasOwn(MATCHERS, name)) return `is no matcher; known: ${Object.keys(MATCHERS).join(', ')}`;
  if (name !== '$keys' && Object.keys(value).length > 1) return 'stands alone in its object';
  const given = value[name];
  switch (name) {
    case '$absent':
    case '$any':
      return given === true ? undefined : 'must be true';
    case '$contains':
      return typeof given === 'string' ? undefined : 'must be a text';
    case '$keyOf':
      return devices.includes(String(given)) ? undefined : `must be a device of the case: ${devices.join(', ')}`;
    case '$keys':
    case '$oneOf':
      return Array.isArray(given) ? undefined : 'must be a list';
    case '$matches':
      return isRegularExpression(given) ? undefined : 'must be a regular expression';
    default:
      return undefined;
  }
}

function isRegularExpression(value: JsonValue | undefined): boolean {
  if (typeof value !== 'string') return false;
  try {
    new RegExp(value, 'u');
    return true;
  } catch {
    return false;
  }
}
