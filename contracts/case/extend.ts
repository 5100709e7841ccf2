/** Lays what a case says over the base that it extends. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { Given } from './case.ts';

export type Extended =
  | { readonly kind: 'given'; readonly given: Given }
  | { readonly kind: 'broken'; readonly rule: string };

export function extend(given: Given, bases: ReadonlyMap<string, Given>, seen: readonly string[] = []): Extended {
  const { extends: name, ...own } = given;
  if (name === undefined) return { kind: 'given', given: own };
  if (seen.includes(name)) return { kind: 'broken', rule: `goes round in a circle: ${[...seen, name].join(' → ')}` };
  const base = bases.get(name);
  if (base === undefined) return { kind: 'broken', rule: `must be one of ${[...bases.keys()].join(', ')}` };
  const below = extend(base, bases, [...seen, name]);
  return below.kind === 'broken' ? below : { kind: 'given', given: layGiven(below.given, own) };
}

function layGiven(base: Given, own: Given): Given {
  return {
    ...base,
    ...own,
    ...(own.enrollments && { enrollments: layRecords(base.enrollments, own.enrollments, 'registrationId') }),
    ...(own.enrollmentGroups && {
      enrollmentGroups: layRecords(base.enrollmentGroups, own.enrollmentGroups, 'enrollmentGroupId'),
    }),
    ...(own.assume && { assume: { ...base.assume, ...own.assume } }),
    ...(own.options && { options: { ...base.options, ...own.options } }),
  };
}

/** A record of the same id is changed, another one is added. */
function layRecords<T extends object>(base: readonly T[] | undefined, own: readonly T[], id: keyof T): readonly T[] {
  const changed = (base ?? []).map((record) => {
    const change = own.find((other) => other[id] === record[id]);
    return change === undefined ? record : (mergeJson(record as JsonObject, change as JsonObject) as T);
  });
  const known = new Set(changed.map((record) => record[id]));
  return [...changed, ...own.filter((record) => !known.has(record[id]))];
}

/** Objects are merged member by member; everything else is replaced. */
export function mergeJson(base: JsonValue, change: JsonValue): JsonValue {
  if (!isJsonObject(base) || !isJsonObject(change)) return change;
  const merged = Object.entries(change).map(([name, value]): [string, JsonValue] => {
    const below = base[name];
    return [name, below === undefined ? value : mergeJson(below, value)];
  });
  return { ...base, ...Object.fromEntries(merged) };
}
