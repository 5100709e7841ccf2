/** Bulk: up to ten enrollments, each on its own; the answer names those that failed. [dps-service-behaviour §4.1] */
import { withKnownNames } from '../../../wire/known-members.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../wire/twin.ts';
import { readObject } from '../../dps/checks.ts';
import { DpsError } from '../../errors.ts';
import { checkId, type EnrollmentKind, enrollmentKind } from '../enrollment-kind.ts';
import type { Precondition } from '../etag-rules.ts';
import type { ServiceAnswer, ServiceRequest } from '../service-call.ts';
import type { CheckedServiceCall, ServiceApiPorts } from '../service-ports.ts';
import { removeEnrollment, writeEnrollment } from '../write-enrollment.ts';

const MODES = ['create', 'update', 'updateIfMatchETag', 'delete'] as const;
type Mode = (typeof MODES)[number];

const ENTRIES_MAX = 10;

export async function runBulkOperation(
  { instance, apiVersion }: CheckedServiceCall,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const kind = enrollmentKind(request.kind, ports.enrollments);
  const { mode, entries } = readBulk(request.body, kind, ports);
  const errors: object[] = [];
  // One after the other: a list that names an enrollment twice has a second write of it.
  for (const value of entries) {
    const id = idIn(value, kind);
    try {
      checkId(id, kind.idMember, ports.settings);
      if (mode === 'delete') {
        await removeEnrollment({ instance, kind, id, precondition: { kind: 'present' } }, ports);
      } else {
        await writeEnrollment(
          { instance, apiVersion, kind, id, value, precondition: preconditionOf(mode, value) },
          ports,
        );
      }
    } catch (thrown) {
      if (!(thrown instanceof DpsError)) throw thrown;
      errors.push({ [kind.idMember]: id, errorCode: thrown.errorCode, errorStatus: thrown.message });
    }
  }
  return { kind: 'body', body: { isSuccessful: errors.length === 0, errors } };
}

function readBulk(
  body: string,
  kind: EnrollmentKind,
  { settings }: ServiceApiPorts,
): { readonly mode: Mode; readonly entries: readonly JsonValue[] } {
  const naming = { case: settings.assumptions['member-case'], unknown: 'keep' } as const;
  const shape = { properties: { mode: {}, [kind.collection]: {} }, additionalProperties: false };
  const named = withKnownNames(shape, readObject(body), naming) as JsonObject;
  const { mode, [kind.collection]: entries, ...others } = named;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`${unknown.slice(0, 160)} is not a known member.`);
  const known = MODES.find((one) => typeof mode === 'string' && one.toLowerCase() === mode.toLowerCase());
  if (known === undefined) throw invalid(`mode must be one of ${MODES.join(', ')}.`);
  if (!Array.isArray(entries)) throw invalid(`${kind.collection} must be an array.`);
  if (entries.length === 0 || entries.length > ENTRIES_MAX) {
    throw invalid(`${kind.collection} must have 1 to ${ENTRIES_MAX} entries; it has ${entries.length}.`);
  }
  // Whose entry it is, and of which version, is asked before the entry itself is read.
  const entry = { properties: { [kind.idMember]: {}, etag: {} }, additionalProperties: false };
  return { mode: known, entries: entries.map((one: JsonValue) => withKnownNames(entry, one, naming)) };
}

function preconditionOf(mode: Exclude<Mode, 'delete'>, value: JsonValue): Precondition {
  switch (mode) {
    case 'create':
      return { kind: 'absent' };
    case 'update':
      return { kind: 'present' };
    case 'updateIfMatchETag': {
      const etag = isJsonObject(value) ? value.etag : undefined;
      if (typeof etag !== 'string' || etag === '') throw invalid('etag is required.');
      return { kind: 'matches', etag, whenAbsent: 'NotFound' };
    }
  }
}

function idIn(value: JsonValue, kind: EnrollmentKind): string {
  const id = isJsonObject(value) ? value[kind.idMember] : undefined;
  return typeof id === 'string' ? id : '';
}

function invalid(message: string): DpsError {
  return new DpsError('RequestInvalid', { message });
}
