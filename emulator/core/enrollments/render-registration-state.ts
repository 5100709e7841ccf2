/** What a back end reads of a registration. [dps-service-behaviour §4.1] */
import { isAtLeast } from '../../wire/api-version.ts';
import type { DeviceRegistrationResult } from '../../wire/registration.ts';
import { utcTimestamp } from '../../wire/timestamp.ts';
import { substatusFor } from '../dps/render.ts';
import type { RegistrationRecord } from '../store/registrations.ts';
import { shownEtag } from './etag-rules.ts';

export type RenderedState = Omit<DeviceRegistrationResult, 'symmetricKey' | 'x509' | 'tpm'>;

/** Unlike a device, a back end is told instants and etag in every state. */
export function renderRegistrationState(record: RegistrationRecord, apiVersion: string): RenderedState {
  const hasSubstatus = record.substatus !== undefined && isAtLeast(apiVersion, '2018-09-01-preview');
  const hasPayload = record.payload !== undefined && isAtLeast(apiVersion, '2019-03-31');
  return {
    registrationId: record.registrationId,
    createdDateTimeUtc: utcTimestamp(record.createdMs),
    ...(record.status === 'assigned' &&
      record.assignment && { assignedHub: record.assignment.hub, deviceId: record.assignment.deviceId }),
    status: record.status,
    ...(hasSubstatus && { substatus: substatusFor(record.substatus, apiVersion) }),
    ...(record.errorCode !== undefined && { errorCode: record.errorCode }),
    ...(record.errorMessage !== undefined && { errorMessage: record.errorMessage }),
    lastUpdatedDateTimeUtc: utcTimestamp(record.updatedMs),
    etag: shownEtag(record.etag),
    ...(hasPayload && { payload: record.payload }),
  };
}
