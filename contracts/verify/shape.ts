/** One kind of AllocationRequest as data, before it is turned into bytes. */
import type { InitialTwin, JsonObject, JsonValue } from '../../emulator/wire/twin.ts';

export type AttestationType = 'symmetricKey' | 'x509' | 'tpm';
export type EnrollmentKind = 'group' | 'individual';

export interface Shape {
  /** Stable: `group.x509.first.payload`. */
  readonly id: string;
  /** A sentence on what is special about this request. */
  readonly title: string;
  /** Where it is documented or was seen that the service sends such a request. */
  readonly source: string;
  readonly registrationId: string;
  readonly linkedHubs: readonly string[];
  readonly kind: EnrollmentKind;
  readonly attestation: AttestationType;
  readonly apiVersion: string;
  readonly payload?: JsonValue;
  /** Set when the device is registered already. */
  readonly current?: { readonly hub: string; readonly deviceId: string };
  readonly record: RecordFacts;
}

/** Members of the enrollment record that an enrollment may have or lack. */
export interface RecordFacts {
  readonly enrollmentGroupId?: string;
  readonly deviceId?: string;
  readonly optionalDeviceInformation?: JsonObject;
  readonly capabilities?: { readonly iotEdge: boolean };
  readonly initialTwin?: InitialTwin;
  readonly reprovisionPolicy?: { readonly updateHubAssignment: boolean; readonly migrateDeviceData: boolean };
  /** Whether the enrollment itself selects the hubs; otherwise all linked hubs apply. */
  readonly selectsHubs: boolean;
}

/** What the request catalogue is made from; each list has at least one member. */
export interface ShapeInputs {
  readonly registrationIds: readonly string[];
  readonly hubs: readonly string[];
  readonly payload: JsonValue;
}
