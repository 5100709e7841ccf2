/** The names that a case has at a target which is not its own: each in place of one that stands in the case, and back. */
import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { ContractCase } from '../case/case.ts';
import { DEFAULT_ID_SCOPE } from './set-up-of.ts';

/** Name in the case → name at the target. */
export type Renamed = ReadonlyMap<string, string>;

/** Letters, digits and hyphens, short enough for the longest hub name of a shipped case. */
const PREFIX = /^[a-z][a-z0-9-]{1,14}[a-z0-9]$/;
export const PREFIX_RULE = 'must be 3 to 16 lower-case letters, digits and hyphens, and begin with a letter';

export function isPrefix(text: string): boolean {
  return PREFIX.test(text);
}

/** Tells the cases of a run apart, and a case over one transport from the same over another. */
export function caseMark(prefix: string, id: string, transport: string): string {
  return createHash('sha256').update(`${prefix}\n${id}\n${transport}`).digest('hex').slice(0, 8);
}

export function hubsOf({ given: { hubs = [] } }: ContractCase): readonly string[] {
  return hubs.map((hub) => (typeof hub === 'string' ? hub : hub.name));
}

/** The scopes that a case names, its own first. */
export function scopesOf({ given, devices }: ContractCase): readonly string[] {
  const foreign = Object.values(devices).flatMap(({ idScope }) => (idScope === undefined ? [] : [idScope]));
  return [...new Set([given.idScope ?? DEFAULT_ID_SCOPE, ...foreign])];
}

/** Ids of enrollments, groups and devices. */
export function idsOf({ given, devices, steps }: ContractCase): readonly string[] {
  const { enrollments = [], enrollmentGroups = [] } = given;
  const individuals = enrollments.flatMap(({ registrationId, deviceId }) => [registrationId, deviceId ?? '']);
  const changed = steps.flatMap(({ 'change-enrollment': change }) => {
    if (change === undefined) return [];
    return ['enrollment' in change ? change.enrollment : change.enrollmentGroup];
  });
  const ids = [
    ...individuals,
    ...enrollmentGroups.map(({ enrollmentGroupId }) => enrollmentGroupId),
    ...Object.values(devices).map(({ registrationId }) => registrationId),
    ...changed,
  ];
  return [...new Set(ids)].filter((id) => id !== '');
}

/** The case with other names. What a device, a step or an expectation is called stays. */
export function renameCase(contract: ContractCase, names: Renamed): ContractCase {
  const rename = (value: unknown): JsonValue => renamed(value as JsonValue, forward(names));
  const { given, devices, steps, expect } = contract;
  const scope = names.get(given.idScope ?? DEFAULT_ID_SCOPE);
  const ofDevice = ([name, device]: readonly [string, object]) => [name, rename(device)];
  const ofStep = (step: object) =>
    Object.fromEntries(
      Object.entries(step).map(([verb, value]) => [verb, renamesIn(verb, value) ? rename(value) : value]),
    );
  return {
    ...contract,
    given: { ...(rename(given) as object), ...(scope !== undefined && { idScope: scope }) },
    devices: Object.fromEntries(Object.entries(devices).map(ofDevice)),
    steps: steps.map(ofStep),
    expect: rename(expect) as object,
  } as ContractCase;
}

/** The other verbs name a device of the case. */
function renamesIn(verb: string, value: unknown): boolean {
  return ['answer', 'change-enrollment', 'expect'].includes(verb) && typeof value === 'object';
}

/** The words of the case again. */
export function inWordsOfCase(value: JsonValue, names: Renamed): JsonValue {
  return renamed(value, backward(names), true);
}

type Rename = (text: string) => string;

/** @param allKeys members' names too; else only those that are hubs */
function renamed(value: JsonValue, rename: Rename, allKeys = false): JsonValue {
  if (typeof value === 'string') return rename(value);
  if (Array.isArray(value)) return value.map((item: JsonValue) => renamed(item, rename, allKeys));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    // The name of a device of the case, which is no name at the target.
    if (name === '$keyOf' && !allKeys) return [name, member];
    if (name === 'hubDevices' && isJsonObject(member)) return [name, withKeys(member, rename)];
    return [allKeys ? rename(name) : name, renamed(member, rename, allKeys)];
  });
  return Object.fromEntries(members);
}

function withKeys(hubDevices: JsonObject, rename: Rename): JsonObject {
  return Object.fromEntries(Object.entries(hubDevices).map(([hub, ids]) => [rename(hub), renamed(ids, rename)]));
}

function forward(names: Renamed): Rename {
  return replacing([...names], (from, to, match) => {
    // Another case of the letters is a point of its own in some cases.
    if (to.endsWith(from)) return `${to.slice(0, to.length - from.length)}${match}`;
    return match === from ? to : to.toUpperCase();
  });
}

function backward(names: Renamed): Rename {
  return replacing(
    [...names].map(([from, to]) => [to, from] as const),
    (_from, to) => to,
  );
}

/** A name stands alone: what is longer is another one. */
function replacing(
  pairs: readonly (readonly [string, string])[],
  replace: (from: string, to: string, match: string) => string,
): Rename {
  const to = new Map(pairs.map(([from, name]) => [from.toLowerCase(), [from, name] as const]));
  if (to.size === 0) return (text) => text;
  const any = [...to.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\w.:-])(?:${any.join('|')})(?![\\w:-]|\\.\\w)`, 'gi');
  return (text) =>
    text.replace(pattern, (match) => {
      const [from, name] = to.get(match.toLowerCase()) ?? [match, match];
      return replace(from, name, match);
    });
}
