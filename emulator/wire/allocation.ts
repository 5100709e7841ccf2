/** What the service asks the customer's webhook, and the answer it expects. [dps-service-behaviour §1.3, §1.5] */
import type { EnrollmentGroup, IndividualEnrollment } from './enrollment.ts';
import type { InitialTwin, JsonObject, JsonValue } from './twin.ts';

/** `attestation` is told by its type alone: keys never leave the service. */
type WithoutKeys<T> = Omit<T, 'attestation'> & { readonly attestation: { readonly type: string } };

export interface DeviceRuntimeContext {
  readonly registrationId: string;
  readonly currentIotHubHostName?: string;
  readonly currentDeviceId?: string;
  readonly symmetricKey?: Record<string, never>;
  /** Base64 of the leaf's DER. */
  readonly x509?: { readonly clientCertificate: string };
  readonly tpm?: { readonly endorsementKey: string; readonly storageRootKey?: string };
  readonly payload?: JsonValue;
}

export interface AllocationRequest {
  readonly individualEnrollment?: WithoutKeys<IndividualEnrollment>;
  readonly enrollmentGroup?: WithoutKeys<EnrollmentGroup>;
  readonly deviceRuntimeContext: DeviceRuntimeContext;
  readonly linkedHubs: readonly string[];
}

export interface AllocationResponse {
  readonly iotHubHostName: string;
  readonly initialTwin?: InitialTwin;
  readonly payload?: JsonObject;
}
