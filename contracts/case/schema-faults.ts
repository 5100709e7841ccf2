/** Faults of a document against a JSON Schema, in words: where, which rule, which value. */
import { isJsonObject, type JsonValue } from '../../emulator/wire/twin.ts';

import { shown } from './shown.ts';

export interface Fault {
  /** Members and indexes from the top of the document. */
  readonly path: readonly (string | number)[];
  readonly rule: string;
  readonly value?: string;
}

interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

type Schema = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/** Compiling takes far longer than checking, and a folder of cases is checked against one schema. */
const validators = new WeakMap<Schema, Validator>();

interface Validator {
  Check(value: unknown): boolean;
  Errors(value: unknown): [boolean, unknown];
}

/** @param definitions what `#/$defs/…` in the schema refers to */
export async function schemaFaults(schema: Schema, definitions: Schema, document: unknown): Promise<readonly Fault[]> {
  // Loaded on first use: it is the slowest import of all, and `contracts --help` needs no check.
  const { Compile } = await import('typebox/schema');
  const check = (part: Schema, value: unknown, at: Path): readonly Fault[] => {
    const root = { ...part, $defs: definitions };
    const compiled = validators.get(part) ?? Compile(root);
    validators.set(part, compiled);
    // Telling whether is compiled and quick; telling why is not.
    if (compiled.Check(value)) return [];
    const [, errors] = compiled.Errors(value);
    const all = (errors as readonly SchemaError[]).filter(({ keyword }) => keyword !== 'boolean');
    // What a branch says is no fault by itself; the branch that was meant is asked again.
    const plain = all.filter((error) => choiceOf(error) === undefined);
    const choices = new Map(
      all.flatMap((error) => choiceOf(error) ?? []).map((choice) => [JSON.stringify(choice), choice] as const),
    );
    return [
      ...plain.flatMap((error) => {
        const path = segments(error.instancePath);
        return describe(error, [...at, ...path], valueAt(value, path));
      }),
      ...[...choices.values()].flatMap((choice): readonly Fault[] => {
        const path = [...at, ...choice.instancePath];
        const found = valueAt(value, choice.instancePath);
        const chosen = schemaAt(root, choice.schemaPath);
        const branches = (chosen[choice.keyword] as readonly Schema[]).map((branch) => resolve(root, branch));
        const meant = branches.find((branch) => isMeant(branch, found, branches));
        return meant === undefined ? [noBranch(chosen, branches, found, path)] : check(meant, found, path);
      }),
    ];
  };
  return check(schema, document, []);
}

interface Choice {
  readonly keyword: 'anyOf' | 'oneOf';
  readonly schemaPath: string;
  readonly instancePath: readonly string[];
}

/**
 * The choice among branches that an error belongs to. It is read from the branches' own errors, since the list of
 * errors is cut off before the choice's own one when there are many branches.
 */
function choiceOf({ keyword, schemaPath, instancePath }: SchemaError): Choice | undefined {
  const [, before, within] = /^(.*?)\/(anyOf|oneOf)\/\d+/.exec(schemaPath) ?? [];
  const name = within ?? keyword;
  if (name !== 'anyOf' && name !== 'oneOf') return undefined;
  const path = before ?? schemaPath;
  return { keyword: name, schemaPath: path, instancePath: segments(instancePath).slice(0, instanceDepth(path)) };
}

/** How many members and indexes of the document a path through its schema stands for. */
function instanceDepth(schemaPath: string): number {
  let depth = 0;
  const parts = segments(schemaPath.slice(1));
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    if (part === 'properties') index += 1;
    if (part === 'properties' || part === 'items' || part === 'additionalProperties') depth += 1;
  }
  return depth;
}

/** The branch whose `kind` the value names, or the only one of the value's type. */
function isMeant(branch: Schema, value: unknown, branches: readonly Schema[]): boolean {
  const kind = kindOf(branch);
  if (kind !== undefined) return isJsonObject(value) && value.kind === kind;
  return branches.filter((other) => other.type === typeOf(value)).length === 1 && branch.type === typeOf(value);
}

function noBranch(choice: Schema, branches: readonly Schema[], value: unknown, path: Path): Fault {
  const kinds = branches.map(kindOf).filter((kind) => kind !== undefined);
  if (kinds.length > 0 && isJsonObject(value)) {
    const isAbsent = value.kind === undefined;
    const rule = `${isAbsent ? 'is required: ' : 'must be '}one of ${kinds.join(', ')}`;
    return { path: [...path, 'kind'], rule, ...(isAbsent ? {} : { value: shown(value.kind ?? null) }) };
  }
  return { path, rule: `must be ${String(choice.title ?? 'of another form')}`, value: shown(value) };
}

function kindOf(branch: Schema): unknown {
  const properties = branch.properties as Readonly<Record<string, Schema>> | undefined;
  return properties?.kind?.const;
}

function describe(error: SchemaError, path: Path, value: unknown): readonly Fault[] {
  switch (error.keyword) {
    case 'required':
      return namesIn(error.params.requiredProperties).map((name) => ({ path: [...path, name], rule: 'is required' }));
    case 'additionalProperties':
      return namesIn(error.params.additionalProperties).map((name) => ({
        path: [...path, name],
        rule: 'is not a known member',
      }));
    case 'enum':
      return [{ path, rule: `must be one of ${namesOf(error.params.allowedValues)}`, value: shown(value) }];
    case 'const':
      return [{ path, rule: `must be ${JSON.stringify(error.params.allowedValue)}`, value: shown(value) }];
    case 'minProperties':
      return [{ path, rule: 'must have a member', value: shown(value) }];
    case 'maxProperties':
      return [{ path, rule: 'must have one member only: one step each', value: shown(value) }];
    case 'pattern':
      return [{ path, rule: `must match ${String(error.params.pattern)}`, value: shown(value) }];
    default:
      return [{ path, rule: error.message, value: shown(value) }];
  }
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function namesOf(values: unknown): string {
  return Array.isArray(values) ? values.map((value: unknown) => String(value)).join(', ') : String(values);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Follows `#/properties/steps/items/…` through every `$ref` on the way. */
function schemaAt(root: Schema, pointer: string): Schema {
  return segments(pointer.slice(1)).reduce<Schema>(
    (schema, part) => resolve(root, (schema as Record<string, Schema>)[part] ?? {}),
    root,
  );
}

function resolve(root: Schema, schema: Schema): Schema {
  const reference = schema.$ref;
  return typeof reference === 'string' ? schemaAt(root, reference) : schema;
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string, JsonValue> | undefined)?.[part], document);
}

function segments(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
