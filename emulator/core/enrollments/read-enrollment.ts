/** Reads an enrollment from the body of a request: spelling as the service forgives it, then shape, then the rules. [dps-service-behaviour §3.3] */
import { isAtLeast } from '../../wire/api-version.ts';
import { ATTESTATION_TYPES } from '../../wire/attestation.ts';
import { schemaFaults } from '../../wire/check-shape.ts';
import { EnrollmentGroupSchema, IndividualEnrollmentSchema, LATER_MEMBERS } from '../../wire/enrollment.ts';
import { type Naming, type Shape, withKnownNames } from '../../wire/known-members.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import type { GivenEnrollment } from '../../wire/set-up.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/twin.ts';
import type { Assumptions } from '../assumptions.ts';
import { DpsError } from '../errors.ts';
import { checkId, type EnrollmentKind } from './enrollment-kind.ts';
import { enrollmentBreaches, NO_ATTESTATION, type RuleContext } from './rules.ts';

export interface ReadContext extends RuleContext {
  readonly kind: EnrollmentKind;
  /** The id in the address, or in the entry of a bulk operation. */
  readonly id: string;
  readonly apiVersion: string;
  readonly assumptions: Assumptions;
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
  const given = normalised(withoutNewer(withKnownNames(withReadOnly(schema), value, namingOf(context)), context));
  const idInBody = given[kind.idMember];
  if (typeof idInBody === 'string') checkId(idInBody, kind.idMember, context);
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

/** Unknown members that are kept are refused later. */
function namingOf({ assumptions }: ReadContext): Naming {
  const unknown = assumptions['unknown-enrollment-member'] === 'ignore' ? 'drop' : 'keep';
  return { case: assumptions['member-case'], unknown };
}

/** What a later api-version brought is unknown to this one. */
function withoutNewer(value: JsonValue, context: ReadContext): JsonValue {
  if (!isJsonObject(value)) return value;
  const newer = Object.entries(LATER_MEMBERS).filter(([, since]) => !isAtLeast(context.apiVersion, since));
  const [found] = newer.filter(([name]) => Object.hasOwn(value, name));
  if (found !== undefined && namingOf(context).unknown === 'keep') {
    throw invalid(`${found[0]} is not a known member before api-version ${found[1]}.`);
  }
  return Object.fromEntries(Object.entries(value).filter(([name]) => !newer.some(([other]) => other === name)));
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
