/** The one face over the JSON Schema validator: what of a value breaks its schema, each fault with path, rule and value. */
import { type Fault, shown } from './fault.ts';
import { isTooDeep, TOO_DEEP } from './json-depth.ts';
import { MASK } from './mask.ts';

/** Where a value of the wrong type may well be the secret itself. */
const SECRET_PATH = /attestation$|symmetricKey|tpm|primaryKey|secondaryKey|webhookUrl/;

/** Enough to mend a document by; who has more has made one mistake many times. */
const ERRORS_MAX = 1000;

/** A member's name comes from outside, and may be of any length. */
const NAME_LENGTH_MAX = 160;

/** Compiling takes far longer than checking, and the same few schemas are checked again and again. */
const validators = new WeakMap<object, Promise<Validator>>();

interface Validator {
  isValid(value: unknown): boolean;
  errors(value: unknown): readonly SchemaError[];
}

interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export async function isOfShape(schema: object, value: unknown): Promise<boolean> {
  return !isTooDeep(value) && (await validatorOf(schema)).isValid(value);
}

/** @param schema what is checked with it again should be the same object */
export async function schemaFaults(schema: object, value: unknown): Promise<readonly Fault[]> {
  if (isTooDeep(value)) return [{ path: '', rule: `must not be ${TOO_DEEP}` }];
  const validator = await validatorOf(schema);
  // Telling whether is compiled and quick; telling why is not.
  if (validator.isValid(value)) return [];
  const errors = validator.errors(value).filter(({ keyword }) => keyword !== 'boolean');
  return meantErrors(errors).flatMap((error) => faultsOf(error, schema, value));
}

function validatorOf(schema: object): Promise<Validator> {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const compiled = compile(schema);
  validators.set(schema, compiled);
  return compiled;
}

async function compile(schema: object): Promise<Validator> {
  // Loaded on first use: compiling schemas is the slowest import of all, and the demo set-up needs no check.
  const { Compile } = await import('typebox/schema');
  const { Settings } = await import('typebox/system');
  const compiled = Compile(schema);
  return {
    isValid: (value) => compiled.Check(value),
    errors: (value) => {
      // The library stops at eight, and its setting belongs to everybody in this process.
      const { maxErrors } = Settings.Get();
      Settings.Set({ maxErrors: ERRORS_MAX });
      try {
        return compiled.Errors(value)[1] as readonly SchemaError[];
      } finally {
        Settings.Set({ maxErrors });
      }
    },
  };
}

/**
 * A value may have several forms: a text or an object, or objects told apart by their `kind`. Of the forms that it does
 * not have, the one that was meant is told of; where none was, the choice itself.
 */
function meantErrors(errors: readonly SchemaError[]): readonly SchemaError[] {
  const choice = errors
    .filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
    // The outermost one first: of a form that was not meant nothing matters.
    .reduce<SchemaError | undefined>(
      (outer, one) => (outer && outer.schemaPath.length <= one.schemaPath.length ? outer : one),
      undefined,
    );
  if (choice === undefined) return errors;
  const branches = new Map<string, SchemaError[]>();
  const others: SchemaError[] = [];
  const prefix = `${choice.schemaPath}/${choice.keyword}/`;
  for (const error of errors) {
    if (error === choice) continue;
    const isOfChoice = error.schemaPath.startsWith(prefix) && isWithin(error, choice);
    const branch = isOfChoice ? (error.schemaPath.slice(prefix.length).split('/')[0] ?? '') : undefined;
    if (branch === undefined) others.push(error);
    else branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const [meant, ...more] = [...branches.values()].filter(
    (branch) => !branch.some((error) => isOfAnotherForm(error, choice)),
  );
  const isTold = others.some((other) => isWithin(other, choice));
  const own = meant !== undefined && more.length === 0 ? meantErrors(meant) : isTold ? [] : [choice];
  return [...own, ...meantErrors(others)];
}

function isWithin({ instancePath }: SchemaError, choice: SchemaError): boolean {
  return instancePath === choice.instancePath || instancePath.startsWith(`${choice.instancePath}/`);
}

/** The value is of another type, or its `kind` is another one. */
function isOfAnotherForm({ keyword, instancePath }: SchemaError, choice: SchemaError): boolean {
  if (keyword === 'type') return instancePath === choice.instancePath;
  return keyword === 'const' && segments(instancePath).length === segments(choice.instancePath).length + 1;
}

function faultsOf(error: SchemaError, schema: object, document: unknown): readonly Fault[] {
  const path = pathOf(error.instancePath);
  switch (error.keyword) {
    case 'required':
      return textsIn(error.params.requiredProperties).map((name) => ({ path: join(path, name), rule: 'is required' }));
    case 'additionalProperties':
      return textsIn(error.params.additionalProperties).map((name) => ({
        path: join(path, name.slice(0, NAME_LENGTH_MAX)),
        rule: 'is not a known member',
      }));
    default: {
      const value = SECRET_PATH.test(path) ? MASK : shown(valueAt(document, segments(error.instancePath)));
      return [{ path, rule: ruleOf(error, schema), value }];
    }
  }
}

function ruleOf({ keyword, params, message, schemaPath }: SchemaError, schema: object): string {
  switch (keyword) {
    case 'type':
      return `must be ${[params.type].flat().map(withArticle).join(' or ')}`;
    case 'enum':
      return `must be one of ${[params.allowedValues].flat().map(String).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`;
    case 'minLength':
      return params.limit === 1 ? 'must not be empty' : message;
    case 'maxLength':
      return `must be at most ${String(params.limit)} characters long`;
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties':
    case 'pattern':
    case 'anyOf':
    case 'oneOf': {
      const title = titleAt(schema, schemaPath);
      if (title !== undefined) return `must be ${title}`;
      if (keyword === 'minProperties') return 'must have a member';
      return keyword === 'pattern' ? `must match ${String(params.pattern)}` : message;
    }
    default:
      return message;
  }
}

function withArticle(type: unknown): string {
  const name = String(type);
  return name === 'null' ? name : `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function titleAt(root: object, pointer: string): string | undefined {
  const { title } = schemaAt(root, pointer);
  return typeof title === 'string' ? title : undefined;
}

type Schema = Readonly<Record<string, unknown>>;

/** Follows `#/properties/steps/items/…` through every `$ref` on the way. */
function schemaAt(root: object, pointer: string): Schema {
  return segments(pointer).reduce<Schema>((schema, part) => {
    const inner = (schema[part] ?? {}) as Schema;
    return typeof inner.$ref === 'string' ? schemaAt(root, inner.$ref) : inner;
  }, root as Schema);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** `/dps/0/idScope` → `dps[0].idScope` */
function pathOf(pointer: string): string {
  return segments(pointer).reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), '');
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], document);
}

function segments(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
