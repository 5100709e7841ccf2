/** What every driver takes and gives back: one registration of one device with a symmetric key. */

import type { SasSpelling } from '../emulator/wire/device-sas.ts';
import type { DeviceRegistrationResult } from '../emulator/wire/registration.ts';
import type { DeviceTransport } from '../emulator/wire/transports.ts';
import type { JsonValue } from '../emulator/wire/twin.ts';
import type { CSdkResult } from './c-sdk-result.ts';

export interface DeviceOptions {
  readonly host: string;
  readonly port: number;
  readonly idScope: string;
  readonly registrationId: string;
  /** The device's own key in base64: the individual's, or the one derived from the group key. */
  readonly key: string;
  readonly transport: DeviceTransport;
  /** Custom data for the allocation webhook; absent: the register body has no `payload`. */
  readonly payload?: JsonValue;
  /** The whole register body, of a device that writes its own; `payload` is not looked at then. */
  readonly body?: string;
  /** A CA in PEM to trust beside the public ones. Absent: what this Node process trusts. */
  readonly ca?: string;
  /** Default `2019-03-31`, what most SDKs send. [dps-device-protocol §1.2] */
  readonly apiVersion?: string;
  /** How many requests may follow the first register, polls and re-sent requests alike. Default 1000. */
  readonly pollMax?: number;
  /** The wait for the connection, and for each single answer. Default 30,000. */
  readonly timeoutMs?: number;
  /** Aborting makes the driver reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Life of the SAS token; negative gives an expired one. Default: that of the SDK whose spelling is used. */
  readonly sasTtlSeconds?: number;
  /** Whose way of writing the SAS token to follow. Default `node`. */
  readonly sasSpelling?: SasSpelling;
  /** What the SAS token is for, instead of the device's own registration: a token that is wrong on purpose. */
  readonly sasResource?: string;
  readonly onStatus?: (event: DeviceEvent) => void;
  /** Turns the wait that the service asked for into the one that is done. Default: that very wait. */
  readonly waitSeconds?: (retryAfterSeconds: number) => number;
}

/** One answer as the device saw it; `body` is the text of the bytes that came. */
export interface Reply {
  readonly step: 'connack' | 'suback' | 'register' | 'poll';
  readonly transport: DeviceTransport;
  /** CONNACK return code, granted QoS (128: refused), status in the topic, or HTTP status. */
  readonly status?: number;
  readonly body: string;
  readonly retryAfterSeconds?: number;
  /** HTTPS only: the service had closed the connection of the request before. [client-traps, trap 1] */
  readonly newConnection?: true;
}

export type DeviceEvent =
  | { readonly kind: 'connected' }
  | { readonly kind: 'packet'; readonly direction: 'in' | 'out'; readonly cmd: string; readonly topic?: string }
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'waiting'; readonly seconds: number };

export type DeviceOutcome = 'assigned' | 'failed' | 'disabled' | 'refused' | 'transport-error' | 'timeout';

/** How a registration ended, before the replies are added. */
export interface Conclusion {
  readonly outcome: DeviceOutcome;
  readonly registrationState?: Partial<DeviceRegistrationResult>;
  /** From `registrationState` when it failed, from the service's error body when it was refused. */
  readonly errorCode?: number;
  readonly message?: string;
}

export interface DeviceResult extends Conclusion {
  readonly replies: readonly Reply[];
  /** What the C SDK would report after these very replies. */
  readonly cSdkResult: CSdkResult;
}

/** How a transport serves the registration: one request, one answer; the loop around it is shared. */
export interface DeviceSession {
  register(): Promise<Reply>;
  poll(operationId: string): Promise<Reply>;
  /** Says good-bye as the protocol asks for. */
  close(): Promise<void>;
  /** Drops the connection. */
  destroy(): void;
}

export const DEFAULT_API_VERSION = '2019-03-31';
export const DEFAULT_TIMEOUT_MS = 30_000;
