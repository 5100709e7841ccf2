/** Reads an enrollment from the body of a request: spelling as the service forgives it, then shape, then the rules. [dps-service-behaviour §3.3] */
import { ATTESTATION_TYPES } from '../../wire/attestation.ts';
import { schemaFaults } from '../../wire/check-shape.ts';
import { EnrollmentGroupSchema, IndividualEnrollmentSchema } from '../../wire/enrollment.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import type { GivenEnrollment } from '../../wire/set-up.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/twin.ts';
import { DpsError } from '../errors.ts';
import { checkId, type EnrollmentKind } from './enrollment-kind.ts';
import { type Shape, withKnownNames } from './known-members.ts';
import { enrollmentBreaches, NO_ATTESTATION, type RuleContext } from './rules.ts';

export interface ReadContext extends RuleContext {
  readonly kind: EnrollmentKind;
  /** The id in the address, or in the entry of a bulk operation. */
  readonly id: string;
  /** `keep`: they are refused. */
  readonly unknownMembers: 'keep' | 'drop';
}

/** A record that was read may be written back: what the service alone decides is accepted and not taken over. */
const READ_ONLY = new Set(['registrationState', 'etag', 'createdDateTimeUtc', 'lastUpdatedDateTimeUtc']);

/** Twins are the user's own data: their nulls are kept. */
const FREE_FORM = new Set(['initialTwin', 'optionalDeviceInformation']);

const SCHEMAS = { individual: IndividualEnrollmentSchema, group: EnrollmentGroupSchema } as const;

/** @throws {DpsError} naming the first rule that the record breaks */
export async function readEnrollment(value: JsonValue, context: ReadContext): Promise<GivenEnrollment> {
  const { kind, id } = context;
  if (!isJsonObject(value)) throw invalid('An enrollment must be a JSON object.');
  const schema = SCHEMAS[kind.name];
  const given = normalised(withKnownNames(withReadOnly(schema), value, context.unknownMembers));
  const idInBody = given[kind.idMember];
  if (typeof idInBody === 'string') checkId(idInBody, kind.idMember);
  if (typeof idInBody === 'string' && registrationKey(idInBody) !== registrationKey(id)) {
    throw invalid(`${kind.idMember} in the body differs from the one in the address.`);
  }
  if (given.attestation === undefined) throw invalid(NO_ATTESTATION);
  const [fault] = await schemaFaults(schema, given);
  if (fault !== undefined) throw invalid(`${fault.path} ${fault.rule}.`);
  const enrollment = given as unknown as GivenEnrollment;
  const [breach] = enrollmentBreaches(enrollment, context);
  if (breach === undefined) return enrollment;
  throw invalid(breach.sentence ?? `${breach.fault.path} ${breach.fault.rule}.`, breach.reason);
}

function withReadOnly(shape: Shape): Shape {
  const readOnly = Object.fromEntries([...READ_ONLY].map((name) => [name, {}]));
  return { ...shape, properties: { ...shape.properties, ...readOnly } };
}

/** Null is absent, an empty text too; the words of a choice are accepted in any case. [§3.3] */
function normalised(value: JsonValue): JsonObject {
  const members = Object.entries(isJsonObject(value) ? value : {}).flatMap(([name, member]): [string, JsonValue][] => {
    if (isAbsent(member) || READ_ONLY.has(name)) return [];
    if (FREE_FORM.has(name)) return [[name, member]];
    const clean = withoutAbsent(member);
    if (name === 'attestation' && isJsonObject(clean)) return [[name, attestationOfType(clean)]];
    return [[name, spelt(clean, CHOICES.get(name) ?? [])]];
  });
  return Object.fromEntries(members);
}

/** Beside the details of its type a record may carry empty ones of the others (Java, CLI). */
function attestationOfType({ type, ...details }: JsonObject): JsonObject {
  const known = spelt(type ?? '', ATTESTATION_TYPES);
  const chosen = ATTESTATION_TYPES.find((one) => one === known);
  const own = Object.entries(details).filter(([name, one]) => name === chosen || !isEmptyDetail(name, one));
  return { ...(type !== undefined && { type: known }), ...Object.fromEntries(own) };
}

function isEmptyDetail(name: string, value: JsonValue): boolean {
  return ATTESTATION_TYPES.some((one) => one === name) && isJsonObject(value) && Object.keys(value).length === 0;
}

const CHOICES: ReadonlyMap<string, readonly string[]> = new Map([
  ['provisioningStatus', ['enabled', 'disabled']],
  ['allocationPolicy', ['hashed', 'geoLatency', 'static', 'custom']],
]);

function spelt(value: JsonValue, words: readonly string[]): JsonValue {
  if (typeof value !== 'string') return value;
  return words.find((word) => word.toLowerCase() === value.toLowerCase()) ?? value;
}

function isAbsent(value: JsonValue): boolean {
  return value === null || value === '';
}

function withoutAbsent(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => withoutAbsent(item));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => !isAbsent(member));
  return Object.fromEntries(members.map(([name, member]) => [name, withoutAbsent(member)]));
}

function invalid(message: string, reason?: string): DpsError {
  return new DpsError('RequestInvalid', { message, ...(reason !== undefined && { reason }) });
}
