/** The messages between `sdk-device.ts` and the child process that holds the official SDK. */

import type { DeviceTransport } from '../emulator/wire/transports.ts';
import type { JsonValue } from '../emulator/wire/twin.ts';

export interface SdkVersion {
  readonly name: string;
  readonly version: string;
}

/** What the SDK is told; everything else of `DeviceOptions` it decides itself. */
export interface SdkRequest {
  readonly provisioningHost: string;
  readonly transport: DeviceTransport;
  readonly idScope: string;
  readonly registrationId: string;
  readonly key: string;
  readonly payload?: JsonValue;
}

/** What the SDK's callback got. */
export type SdkOutcome =
  | { readonly ok: true; readonly registrationState: JsonValue }
  | {
      readonly ok: false;
      readonly errorName: string;
      readonly errorMessage: string;
      /** The service's body, when the SDK attached it to its error. */
      readonly result?: JsonValue;
    };

export type ToRunner =
  | { readonly kind: 'register'; readonly id: number; readonly request: SdkRequest }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromRunner =
  | { readonly kind: 'ready'; readonly sdk: SdkVersion }
  | { readonly kind: 'outcome'; readonly id: number; readonly outcome: SdkOutcome };
