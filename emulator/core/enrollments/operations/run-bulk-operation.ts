/** Bulk: up to ten enrollments, each on its own; the answer names those that failed. [dps-service-behaviour §4.1] */
import { schemaFaults } from '../../../wire/check-shape.ts';
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

/** What a body of each kind may hold; its entries are judged one by one. */
const BULK_SCHEMAS = { enrollments: schemaOf('enrollments'), enrollmentGroups: schemaOf('enrollmentGroups') } as const;

interface Bulk {
  readonly mode: Mode;
  readonly entries: readonly JsonValue[];
}

export async function runBulkOperation(
  { instance, apiVersion }: CheckedServiceCall,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const kind = enrollmentKind(request.kind, ports.enrollments);
  const { mode, entries } = await readBulk(request.body, kind, ports);
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

function schemaOf(collection: EnrollmentKind['collection']) {
  return {
    type: 'object',
    required: ['mode', collection],
    properties: {
      mode: { enum: MODES },
      [collection]: { title: 'a list of 1 to 10 entries', type: 'array', minItems: 1, maxItems: 10 },
    },
    additionalProperties: false,
  } as const;
}

async function readBulk(
  body: string,
  { collection, idMember }: EnrollmentKind,
  { settings }: ServiceApiPorts,
): Promise<Bulk> {
  const naming = { case: settings.assumptions['member-case'], unknown: 'keep' } as const;
  const given = withKnownNames(BULK_SCHEMAS[collection], readObject(body), naming) as JsonObject;
  const mode = MODES.find((one) => one.toLowerCase() === String(given.mode).toLowerCase());
  const bulk: JsonObject = { ...given, ...(mode !== undefined && { mode }) };
  const [fault] = await schemaFaults(BULK_SCHEMAS[collection], bulk);
  if (fault !== undefined) throw invalid(`${fault.path} ${fault.rule}.`);
  // Whose entry it is, and of which version, is asked before the entry itself is read.
  const entry = { properties: { [idMember]: {}, etag: {} }, additionalProperties: false };
  const entries = bulk[collection] as readonly JsonValue[];
  return { mode: bulk.mode as Mode, entries: entries.map((one) => withKnownNames(entry, one, naming)) };
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
