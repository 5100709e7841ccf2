/** The service's own rules on an enrollment that is written, with its codes and, where known, its sentences. [dps-service-behaviour §1.1, §2, §3.3] */
import { ATTESTATION_TYPES, type Attestation, type GivenAttestation } from '../../wire/attestation.ts';
import { HUB_DEVICE_ID_RULE, isHubDeviceId } from '../../wire/device-id.ts';
import { EnrollmentGroupSchema, IndividualEnrollmentSchema } from '../../wire/enrollment.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment } from '../../wire/set-up.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/twin.ts';
import { twinFaults } from '../../wire/twin-limits.ts';
import { storedAttestation } from '../dps/attestation/stored-attestation.ts';
import { DpsError } from '../errors.ts';
import type { DpsInstance } from '../store/instances.ts';
import { checkId, type EnrollmentKind, type EnrollmentRecord } from './enrollment-kind.ts';
import { withKnownNames } from './known-members.ts';
import { type Shape, shapeFault } from './shape-fault.ts';

export interface ValidationContext {
  readonly kind: EnrollmentKind;
  readonly instance: DpsInstance;
  /** The id in the address; absent in a bulk operation. */
  readonly id?: string;
  /** The record that would be replaced. */
  readonly previous: EnrollmentRecord | undefined;
  /** `keep`: they are refused. */
  readonly unknownMembers: 'keep' | 'drop';
  readonly generateKey: (which: 'primary' | 'secondary') => string;
}

/** A valid enrollment: what was given, with its attestation as it is to be stored. */
export type ValidEnrollment = (GivenIndividualEnrollment | GivenEnrollmentGroup) & {
  readonly attestation: Attestation;
};

/** A record that was read may be written back: what the service alone decides is accepted and not taken over. */
const READ_ONLY = new Set(['registrationState', 'etag', 'createdDateTimeUtc', 'lastUpdatedDateTimeUtc']);

/** Twins are the user's own data: their nulls are kept. */
const FREE_FORM = new Set(['initialTwin', 'optionalDeviceInformation']);

/** @throws {DpsError} naming the first rule that the record breaks */
export function validateEnrollment(value: JsonValue, context: ValidationContext): ValidEnrollment {
  const { kind, id } = context;
  if (!isJsonObject(value)) throw invalid(`An enrollment must be a JSON object.`);
  const shape: Shape = kind.name === 'individual' ? IndividualEnrollmentSchema : EnrollmentGroupSchema;
  const given = normalised(withKnownNames(withReadOnly(shape), value, context.unknownMembers));
  const idInBody = given[kind.idMember];
  if (typeof idInBody === 'string') checkId(idInBody, kind.idMember);
  if (id !== undefined && typeof idInBody === 'string' && registrationKey(idInBody) !== registrationKey(id)) {
    throw invalid(`${kind.idMember} in the body differs from the one in the address.`);
  }
  if (given.attestation === undefined) throw invalid(NO_ATTESTATION);
  const fault = shapeFault(shape, given, '');
  if (fault !== undefined) throw invalid(fault);
  const enrollment = given as unknown as GivenIndividualEnrollment | GivenEnrollmentGroup;
  checkRules(enrollment, context);
  return { ...enrollment, attestation: attestationOf(enrollment.attestation, context) };
}

/** The words for a record that attests to nothing. [dps-service-behaviour §3.3] */
const NO_ATTESTATION = 'TPM or X509 attestation is required.';

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

function checkRules(
  enrollment: GivenIndividualEnrollment | GivenEnrollmentGroup,
  { instance, previous }: ValidationContext,
): void {
  const { allocationPolicy, iotHubs = [], iotHubHostName, customAllocationDefinition, initialTwin } = enrollment;
  if (iotHubs.length > 0 && allocationPolicy === undefined) {
    throw invalid('Enrollment allocationPolicy must be specified when iotHubs are specified.');
  }
  if (allocationPolicy === 'custom' && customAllocationDefinition === undefined) {
    throw invalid("CustomAllocationDefinition is required when the allocation policy is 'Custom'.");
  }
  if (allocationPolicy === 'static' && iotHubs.length !== 1 && iotHubHostName === undefined) {
    throw invalid("Exactly one IoT hub must be specified when the allocation policy is 'Static'.");
  }
  const linked = instance.linkedHubs.map((hub) => hub.name);
  // A hub that was unlinked after it was named may stay: an enrollment that names it can still be disabled.
  const allowed = [...linked, ...(previous?.iotHubs ?? [])];
  const stranger = iotHubs.find((hub) => !allowed.some((name) => name.toLowerCase() === hub.toLowerCase()));
  if (stranger !== undefined) {
    throw invalid(`The IoT hub "${stranger.slice(0, 160)}" is not linked. Linked: ${linked.join(', ') || 'none'}.`);
  }
  if ('deviceId' in enrollment && enrollment.deviceId !== undefined && !isHubDeviceId(enrollment.deviceId)) {
    throw invalid(`deviceId ${HUB_DEVICE_ID_RULE}.`);
  }
  const [fault] = initialTwin === undefined ? [] : twinFaults(initialTwin);
  if (fault !== undefined) throw invalid(`initialTwin: ${fault}.`);
}

function attestationOf(given: GivenAttestation, { kind, previous, generateKey }: ValidationContext): Attestation {
  const outcome = storedAttestation(given, {
    enrollmentKind: kind.name,
    generateKey,
    previous: previous?.attestation,
  });
  if (outcome.kind === 'stored') return outcome.attestation;
  const faults = outcome.faults.map(({ path, rule }) => `attestation.${path} ${rule}`);
  const isEmpty = outcome.faults.some(({ path, rule }) => rule === 'is required' && path.endsWith('.certificate'));
  throw isEmpty ? invalid(NO_ATTESTATION, faults[0]) : invalid(`${faults[0] ?? 'attestation is not valid'}.`);
}

function invalid(message: string, reason?: string): DpsError {
  return new DpsError('RequestInvalid', { message, ...(reason !== undefined && { reason }) });
}
