/** Turns a stored registration into what a device reads, for every operation and every transport. */
import { isAtLeast } from '../../wire/api-version.ts';
import type { DeviceRegistrationResult, RegistrationOperationStatus, Substatus } from '../../wire/registration.ts';
import { utcTimestamp } from '../../wire/timestamp.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Outcome } from '../store/registrations.ts';

export interface RenderedFor {
  readonly apiVersion: string;
  readonly assumptions: Pick<Assumptions, 'group-in-registration'>;
}

export function renderOperation(operationId: string, record: Outcome, to: RenderedFor): RegistrationOperationStatus {
  return { operationId, status: record.status, registrationState: renderRegistration(record, to) };
}

/** Members and their order: dps-device-protocol §1.5. */
export function renderRegistration(
  record: Outcome,
  { apiVersion, assumptions }: RenderedFor,
): DeviceRegistrationResult {
  const { registrationId, status } = record;
  if (status === 'assigning' || status === 'disabled' || status === 'unassigned') return { registrationId, status };
  const createdDateTimeUtc = utcTimestamp(record.createdMs);
  const lastUpdatedDateTimeUtc = utcTimestamp(record.updatedMs);
  // The device reads the base64 of the quoted guid. [dps-service-behaviour §3.5]
  const etag = Buffer.from(record.etag, 'utf8').toString('base64');
  if (status === 'failed') {
    return {
      registrationId,
      createdDateTimeUtc,
      status,
      ...(record.errorCode !== undefined && { errorCode: record.errorCode }),
      ...(record.errorMessage !== undefined && { errorMessage: record.errorMessage }),
      lastUpdatedDateTimeUtc,
      etag,
      ...(record.payload && { payload: record.payload }),
    };
  }
  return {
    ...attestationMember(record.attestation, record.enrollmentGroupId, assumptions['group-in-registration']),
    registrationId,
    createdDateTimeUtc,
    ...(record.assignment && { assignedHub: record.assignment.hub, deviceId: record.assignment.deviceId }),
    status,
    ...(record.substatus && { substatus: substatusFor(record.substatus, apiVersion) }),
    lastUpdatedDateTimeUtc,
    etag,
    ...(record.payload && { payload: record.payload }),
  };
}

/** An individual symmetric-key enrollment shows no attestation member at all, any other does. [dps-device-protocol §1.5] */
function attestationMember(
  attestation: Outcome['attestation'] | undefined,
  enrollmentGroupId: string | undefined,
  groupOfKeys: Assumptions['group-in-registration'],
): Pick<DeviceRegistrationResult, 'symmetricKey' | 'x509' | 'tpm'> {
  const group = enrollmentGroupId === undefined ? {} : { enrollmentGroupId };
  switch (attestation) {
    case 'x509':
      return { x509: group };
    case 'tpm':
      return { tpm: {} };
    case 'symmetricKey':
    case undefined:
      return enrollmentGroupId === undefined || groupOfKeys === 'hidden' ? {} : { symmetricKey: group };
  }
}

/** Versions before 2019-04-15 do not know the fourth substatus. [dps-service-behaviour §5.4] */
export function substatusFor(substatus: Substatus, apiVersion: string): Substatus {
  const isKnown = substatus !== 'reprovisionedToInitialAssignment' || isAtLeast(apiVersion, '2019-04-15');
  return isKnown ? substatus : 'initialAssignment';
}
