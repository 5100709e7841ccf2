/** What a back end reads of a registration. [dps-service-behaviour §4.1] */
import { isAtLeast } from '../../wire/api-version.ts';
import type { DeviceRegistrationResult } from '../../wire/registration.ts';
import { deviceTimestamp } from '../../wire/timestamp.ts';
import { substatusFor } from '../dps/render.ts';
import type { RegistrationRecord } from '../store/registrations.ts';

export type RenderedState = Omit<DeviceRegistrationResult, 'symmetricKey' | 'x509' | 'tpm'>;

/** Unlike a device, a back end is told instants and etag in every state. */
export function renderRegistrationState(record: RegistrationRecord, apiVersion: string): RenderedState {
  const hasSubstatus = record.substatus !== undefined && isAtLeast(apiVersion, '2018-09-01-preview');
  const hasPayload = record.payload !== undefined && isAtLeast(apiVersion, '2019-03-31');
  return {
    registrationId: record.registrationId,
    createdDateTimeUtc: deviceTimestamp(record.createdMs),
    ...(record.status === 'assigned' &&
      record.assignment && { assignedHub: record.assignment.hub, deviceId: record.assignment.deviceId }),
    status: record.status,
    ...(hasSubstatus && { substatus: substatusFor(record.substatus, apiVersion) }),
    ...(record.errorCode !== undefined && { errorCode: record.errorCode }),
    ...(record.errorMessage !== undefined && { errorMessage: record.errorMessage }),
    lastUpdatedDateTimeUtc: deviceTimestamp(record.updatedMs),
    etag: Buffer.from(record.etag, 'utf8').toString('base64'),
    ...(hasPayload && { payload: record.payload }),
  };
}
