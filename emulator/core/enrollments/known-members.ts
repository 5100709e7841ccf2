/** Names of members as the API spells them. The service's own samples write `deviceID`: the case of a name does not count. */
import { isJsonObject, type JsonValue } from '../../wire/twin.ts';

/** The part of a JSON Schema that names members. */
export interface Shape {
  readonly properties?: Readonly<Record<string, object>>;
  readonly additionalProperties?: boolean;
}

/**
 * It walks the schema itself: `wire/check-shape` says what is wrong with a value and changes nothing in it, and here names are
 * mended before it is asked.
 * The value with its members named as the shape names them, as deep as the shape says which members there are.
 * @param unknown what becomes of a member that the shape does not know: it stays, for a check to refuse, or is dropped
 */
export function withKnownNames(shape: Shape, value: JsonValue, unknown: 'keep' | 'drop'): JsonValue {
  const { properties, additionalProperties = true } = shape;
  if (!isJsonObject(value) || properties === undefined || additionalProperties) return value;
  const spellings = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]));
  const members = Object.entries(value).flatMap(([name, member]): [string, JsonValue][] => {
    const known = Object.hasOwn(properties, name) ? name : spellings.get(name.toLowerCase());
    const inner: Shape | undefined = known === undefined ? undefined : properties[known];
    if (known === undefined || inner === undefined) return unknown === 'keep' ? [[name, member]] : [];
    // Of two spellings of one name the API's own counts.
    if (known !== name && Object.hasOwn(value, known)) return [];
    return [[known, withKnownNames(inner, member, unknown)]];
  });
  return Object.fromEntries(members);
}
