/** What the tutorial found, as `--json` prints it and the terminal shows it. */
import type { CSdkStatusName } from '../../device/c-sdk-result.ts';
import type { DeviceRegistrationResult } from '../../emulator/wire/registration.ts';
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';

/** Who played the device: the official SDK, or the built-in wire device where the SDK is not installed. */
export interface ClientFacts {
  readonly kind: 'official-sdk' | 'wire-device';
  readonly name: string;
  readonly version?: string;
  /** How to get the official SDK, where it is missing. */
  readonly hint?: string;
}

/** What the client program got back. */
export interface ClientOutcome {
  readonly isRegistered: boolean;
  /** `ProvisioningRegistrationFailedError: registration failed`, say; absent when registered. */
  readonly error?: string;
}

/** What a C device reports after the same bytes. */
export interface CDeviceFacts {
  readonly result: string;
  readonly statuses: readonly CSdkStatusName[];
}

export interface DeviceChapter {
  readonly registrationId: string;
  readonly deviceKey: string;
  readonly payload: JsonObject;
  readonly client: ClientOutcome;
  readonly registration: DeviceRegistrationResult;
  readonly cDevice: CDeviceFacts;
  readonly webhook: {
    readonly request: JsonValue;
    readonly status: number | null;
    readonly response: string | null;
  } | null;
  /** The twin as it stands at the hub. */
  readonly twin: JsonObject | null;
  /** Why it was not assigned, in words for the user. */
  readonly reason?: string;
}

export interface TroubleshootingRow {
  readonly row: number;
  readonly scenario: string;
  readonly registrationId: string;
  readonly registrationStatus: string;
  readonly errorCode: number | null;
  readonly errorName: string | null;
  readonly errorMessage: string | null;
  readonly client: ClientOutcome;
  readonly cDevice: CDeviceFacts;
  readonly webhookCalls: number;
  /** On the emulator's clock, counted from the first call. */
  readonly callsAtSeconds: readonly number[];
  /** Real milliseconds from the opening of the operation to its end. */
  readonly realMs: number;
  /** Whether the documentation's row came true: status, code and the C SDK's result. */
  readonly isAsDocumented: boolean;
}

export interface TutorialDocument {
  readonly dps: { readonly name: string; readonly idScope: string; readonly provisioningHost: string };
  readonly linkedHubs: readonly string[];
  readonly enrollmentGroup: {
    readonly enrollmentGroupId: string;
    readonly allocationPolicy: 'custom';
    readonly webhookUrl: string;
    readonly primaryKey: string;
  };
  readonly client: ClientFacts;
  readonly devices: readonly DeviceChapter[];
  readonly troubleshooting: readonly TroubleshootingRow[];
  readonly ok: boolean;
}
