/** Faults of a document against its JSON Schema, in words: path, rule, value. */

import { type SetUpFault, shown } from './fault.ts';
import { MASK } from './mask.ts';

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Where a value of the wrong type may well be the secret itself. */
const SECRET_PATH = /attestation$|symmetricKey|tpm|primaryKey|secondaryKey|webhookUrl/;

export async function schemaFaults(schema: object, document: unknown): Promise<readonly SetUpFault[]> {
  // Loaded on first use: compiling schemas is the slowest import of all, and the demo set-up needs no check.
  const { Compile } = await import('typebox/schema');
  const validator = Compile(schema);
  const [isValid, errors] = validator.Errors(document);
  if (isValid) return [];
  const all = errors as readonly SchemaError[];
  const relevant = all.filter((error) => error.keyword !== 'boolean' && !isOtherForm(error, all));
  return relevant.flatMap((error) => describe(error, document));
}

/**
 * A value may have two forms, a text or an object. Where a member inside it is at fault, the object was meant: that it is
 * no text, and that no form matched, would only hide the fault.
 */
function isOtherForm(error: SchemaError, all: readonly SchemaError[]): boolean {
  const isAboutForm = error.keyword === 'anyOf' || error.keyword === 'type';
  return isAboutForm && all.some((other) => isInside(other, error) && other.keyword !== 'boolean');
}

function isInside(other: SchemaError, error: SchemaError): boolean {
  const isMember = other.keyword === 'required' || other.keyword === 'additionalProperties';
  if (other.instancePath === error.instancePath) return isMember;
  return other.instancePath.startsWith(`${error.instancePath}/`);
}

function describe(error: SchemaError, document: unknown): readonly SetUpFault[] {
  const path = pathOf(error.instancePath);
  const value = SECRET_PATH.test(path) ? MASK : shown(valueAt(document, error.instancePath));
  switch (error.keyword) {
    case 'required':
      return namesIn(error.params.requiredProperties).map((name) => ({ path: join(path, name), rule: 'is required' }));
    case 'additionalProperties':
      return namesIn(error.params.additionalProperties).map((name) => ({
        path: join(path, name),
        rule: 'is not a known member',
      }));
    case 'enum':
      return [{ path, rule: `must be one of ${shown(error.params.allowedValues)}`, value }];
    case 'pattern':
      return [{ path, rule: 'must be 1 to 64 letters and digits', value }];
    default:
      return [{ path, rule: error.message, value }];
  }
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** `/dps/0/idScope` → `dps[0].idScope` */
function pathOf(pointer: string): string {
  return segments(pointer).reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), '');
}

function valueAt(document: unknown, pointer: string): unknown {
  return segments(pointer).reduce<unknown>(
    (value, part) => (value as Record<string, unknown> | undefined)?.[part],
    document,
  );
}

function segments(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
