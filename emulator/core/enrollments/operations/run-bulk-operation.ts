/** Bulk: up to ten enrollments, each on its own; the answer names those that failed. [dps-service-behaviour §4.1] */
import { isJsonObject, type JsonValue } from '../../../wire/twin.ts';
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
  { instance }: CheckedServiceCall,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const kind = enrollmentKind(request.kind, ports.enrollments);
  const { mode, entries } = readBulk(request.body, kind);
  const errors: object[] = [];
  // One after the other: a list that names an enrollment twice has a second write of it.
  for (const value of entries) {
    const id = idIn(value, kind);
    try {
      checkId(id, kind.idMember);
      if (mode === 'delete') {
        await removeEnrollment({ instance, kind, id, precondition: { kind: 'present' } }, ports);
      } else {
        await writeEnrollment({ instance, kind, id, value, precondition: preconditionOf(mode, value) }, ports);
      }
    } catch (thrown) {
      const error = refusalOf(thrown, `${request.operation}, entry "${id}"`, ports);
      errors.push({ [kind.idMember]: id, errorCode: error.errorCode, errorStatus: error.message });
    }
  }
  return { kind: 'body', body: { isSuccessful: errors.length === 0, errors } };
}

/** What becomes of the others does not hang on an entry that could not be stored: a 500 would deny those that were. */
function refusalOf(thrown: unknown, where: string, { reportBug }: ServiceApiPorts): DpsError {
  if (thrown instanceof DpsError) return thrown;
  reportBug(thrown, where);
  return new DpsError('InternalError');
}

function readBulk(body: string, kind: EnrollmentKind): { readonly mode: Mode; readonly entries: readonly JsonValue[] } {
  const { mode, [kind.collection]: entries, ...others } = readObject(body);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`${unknown.slice(0, 160)} is not a known member.`);
  const known = MODES.find((one) => typeof mode === 'string' && one.toLowerCase() === mode.toLowerCase());
  if (known === undefined) throw invalid(`mode must be one of ${MODES.join(', ')}.`);
  if (!Array.isArray(entries)) throw invalid(`${kind.collection} must be an array.`);
  if (entries.length === 0 || entries.length > ENTRIES_MAX) {
    throw invalid(`${kind.collection} must have 1 to ${ENTRIES_MAX} entries; it has ${entries.length}.`);
  }
  return { mode: known, entries };
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
