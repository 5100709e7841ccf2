/** The values that a user gave to a verb of `az`, by the names under which the verb declares them. */
import { strict as assert } from 'node:assert';
import type { JsonValue } from '../../emulator/wire/twin.ts';

export interface AzArguments {
  text(dest: string): string | undefined;
  /** An option that is declared as required. */
  required(dest: string): string;
  /** Empty when it is not given. */
  list(dest: string): readonly string[];
  /** A `flag` that stands there, or a `boolean` that is true. */
  isSet(dest: string): boolean;
  /** Whether the user gave it at all. */
  isGiven(dest: string): boolean;
  integer(dest: string): number | undefined;
  json(dest: string): JsonValue | undefined;
  tags(dest: string): Readonly<Record<string, string>> | undefined;
}

/** @param values as the parser left them: checked, and `null` where nothing was given */
export function azArguments(values: ReadonlyMap<string, unknown>): AzArguments {
  const given = (dest: string): unknown => values.get(dest) ?? undefined;
  const text = (dest: string): string | undefined => given(dest) as string | undefined;
  return {
    text,
    required: (dest) => {
      const value = text(dest);
      assert(value !== undefined, `the option for "${dest}" is not declared as required`);
      return value;
    },
    list: (dest) => (given(dest) as readonly string[] | undefined) ?? [],
    isSet: (dest) => given(dest) === true,
    isGiven: (dest) => given(dest) !== undefined,
    integer: (dest) => given(dest) as number | undefined,
    json: (dest) => given(dest) as JsonValue | undefined,
    tags: (dest) => given(dest) as Readonly<Record<string, string>> | undefined,
  };
}
