/** What devices send and receive, on every transport. [dps-device-protocol §6] */
import type { JsonObject, JsonValue } from './twin.ts';

/**
 * The register body. Unknown members, a missing body, a string payload (Java) and a null payload (Python) are all
 * accepted by the service. [dps-device-protocol §1.3, §6.1]
 */
export interface DeviceRegistration {
  readonly registrationId?: string;
  readonly payload?: JsonValue;
}

export type RegistrationStatus = 'unassigned' | 'assigning' | 'assigned' | 'failed' | 'disabled';

export type Substatus =
  | 'initialAssignment'
  | 'deviceDataMigrated'
  | 'deviceDataReset'
  | 'reprovisionedToInitialAssignment';

/** `registrationState`, members in the order that the service prints them. [dps-device-protocol §1.5] */
export interface DeviceRegistrationResult {
  readonly symmetricKey?: { readonly enrollmentGroupId?: string };
  readonly x509?: { readonly enrollmentGroupId?: string };
  readonly tpm?: { readonly authenticationKey?: string };
  readonly registrationId: string;
  readonly createdDateTimeUtc?: string;
  readonly assignedHub?: string;
  readonly deviceId?: string;
  readonly status: RegistrationStatus;
  readonly substatus?: Substatus;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  readonly lastUpdatedDateTimeUtc?: string;
  readonly etag?: string;
  readonly payload?: JsonObject;
}

/** The body of the 401 with which TPM attestation begins. [dps-device-protocol §5.2] */
export interface TpmChallenge {
  readonly message: string;
  /** Base64 of a secret that only the device's TPM can read. */
  readonly authenticationKey: string;
  readonly keyName: 'registration';
}

export interface RegistrationOperationStatus {
  readonly operationId: string;
  readonly status: RegistrationStatus;
  readonly registrationState?: DeviceRegistrationResult;
}
