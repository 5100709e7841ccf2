/** Names of members as the API spells them, in the bodies of devices and of back ends: the service's own samples write `deviceID`. */
import { isJsonObject, type JsonValue } from './twin.ts';

/** The part of a JSON Schema that names members. */
export interface Shape {
  readonly properties?: Readonly<Record<string, object>>;
  readonly additionalProperties?: boolean;
}

export interface Naming {
  /** `insensitive`: a name in another case is that name. */
  readonly case: 'insensitive' | 'exact';
  /** What becomes of a member that the shape does not know: it stays, for a check to refuse, or is dropped. */
  readonly unknown: 'keep' | 'drop';
}

/**
 * It walks the schema itself: `check-shape` says what is wrong with a value and changes nothing in it, and here names are
 * mended before it is asked.
 * The value with its members named as the shape names them, as deep as the shape says which members there are.
 */
export function withKnownNames(shape: Shape, value: JsonValue, naming: Naming): JsonValue {
  const { properties, additionalProperties = true } = shape;
  if (!isJsonObject(value) || properties === undefined || additionalProperties) return value;
  const spellings = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]));
  const members = Object.entries(value).flatMap(([name, member]): [string, JsonValue][] => {
    const other = naming.case === 'insensitive' ? spellings.get(name.toLowerCase()) : undefined;
    const known = Object.hasOwn(properties, name) ? name : other;
    const inner: Shape | undefined = known === undefined ? undefined : properties[known];
    if (known === undefined || inner === undefined) return naming.unknown === 'keep' ? [[name, member]] : [];
    // Of two spellings of one name the API's own counts.
    if (known !== name && Object.hasOwn(value, known)) return [];
    return [[known, withKnownNames(inner, member, naming)]];
  });
  return Object.fromEntries(members);
}
