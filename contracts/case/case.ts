/** A contract case as its author writes it: who registers under which circumstances, and what has to come of it. */

import type { CSdkResultName } from '../../device/c-sdk-result.ts';
import type { DeviceOutcome, DeviceTransport } from '../../device/device.ts';
import type { SasSpelling } from '../../emulator/wire/device-sas.ts';
import type { AllocationPolicy } from '../../emulator/wire/enrollment.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment, GivenLinkedHub } from '../../emulator/wire/set-up.ts';
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';
import type { Answer } from '../../webhook/stand-in/index.ts';

/** How well the requirement is founded on the public record. */
export type Confidence = 'documented' | 'observed' | 'inferred' | 'assumed';

export interface ContractCase {
  readonly id: string;
  readonly title: string;
  /** What DPS has to do, as one sentence in our own words. */
  readonly requirement: string;
  /** Where that stands. */
  readonly source: string;
  readonly confidence: Confidence;
  readonly tags: readonly string[];
  /** Row of the tutorial's troubleshooting table, 1 to 6. */
  readonly row?: number;
  /** Ids of the rows of docs/fidelity.md that the case proves. */
  readonly covers: readonly string[];
  readonly transports: readonly DeviceTransport[];
  readonly given: Given;
  readonly devices: Readonly<Record<string, GivenDevice>>;
  readonly steps: readonly Step[];
  readonly expect: Expect;
}

type AnyAttestation<T extends { readonly attestation: unknown }> = Omit<T, 'attestation'> &
  Partial<Pick<T, 'attestation'>>;
export type CaseIndividual = AnyAttestation<GivenIndividualEnrollment>;
export type CaseGroup = AnyAttestation<GivenEnrollmentGroup>;

/** The world of a case. What a base says is kept unless the case says otherwise. */
export interface Given {
  readonly extends?: string;
  readonly idScope?: string;
  readonly hubs?: readonly (string | GivenLinkedHub)[];
  readonly allocationPolicy?: Exclude<AllocationPolicy, 'custom'>;
  readonly enrollments?: readonly CaseIndividual[];
  readonly enrollmentGroups?: readonly CaseGroup[];
  readonly webhook?: GivenWebhook;
  readonly assume?: Readonly<Record<string, string>>;
  readonly options?: CaseOptions;
}

/** Exactly one of `answers`, `url` and `bundled`. */
export interface GivenWebhook {
  /** The last one repeats. */
  readonly answers?: readonly Answer[];
  /** The key that a scripted webhook demands as `?code=`. */
  readonly functionKey?: string;
  readonly url?: string;
  readonly bundled?: true;
}

/** The options of the emulator that a case may set. */
export interface CaseOptions {
  readonly retryAfterSeconds?: number;
  readonly webhookTimeoutMs?: number;
  readonly webhookRealTimeoutMs?: number;
  readonly webhookResponseBytesMax?: number;
  readonly operationLifetimeSeconds?: number;
}

export interface GivenDevice {
  readonly registrationId: string;
  /** The key itself in base64, or where it comes from. Default: what its enrollment gives it. */
  readonly key?: string | KeySource;
  readonly payload?: JsonValue;
  readonly transport?: DeviceTransport;
  readonly driver?: 'wire' | 'sdk';
  readonly apiVersion?: string;
  readonly idScope?: string;
  readonly sas?: { readonly ttlSeconds?: number; readonly spelling?: SasSpelling; readonly resource?: string };
}

export interface KeySource {
  /** `group` is derived from the group's key; `group-key-itself` is not; `unknown` is nobody's. */
  readonly from: 'individual' | 'group' | 'group-key-itself' | 'unknown';
  readonly which?: 'primary' | 'secondary';
  /** Default: the first group. */
  readonly group?: string;
}

export interface RegisterStep {
  readonly device: string;
  readonly payload?: JsonValue;
  readonly apiVersion?: string;
}

export type EnrollmentStep =
  | { readonly enrollment: string; readonly set: JsonObject }
  | { readonly enrollmentGroup: string; readonly set: JsonObject };

/** One member each. */
export interface Step {
  readonly connect?: string;
  readonly register?: string | RegisterStep;
  readonly 're-register'?: string | RegisterStep;
  readonly 'send-register'?: string | RegisterStep;
  readonly poll?: string;
  readonly drop?: string;
  readonly reconnect?: string;
  /** Seconds on the emulator's clock. */
  readonly advance?: number;
  readonly 'wait-for-webhook-calls'?: number;
  readonly answer?: readonly Answer[];
  readonly 'change-enrollment'?: EnrollmentStep;
  readonly expect?: Expect;
}

/** What one device came to. Values are compared as they stand; objects with a `$` member are matchers. */
export interface DeviceExpect {
  readonly status?: JsonValue;
  readonly errorCode?: JsonValue;
  readonly errorMessage?: JsonValue;
  readonly hub?: JsonValue;
  readonly deviceId?: JsonValue;
  readonly substatus?: JsonValue;
  readonly payload?: JsonValue;
  /** Tags and desired properties at the hub, each compared as a whole; `null`: the device is at no hub. */
  readonly twin?: { readonly tags?: JsonValue; readonly desired?: JsonValue } | null;
  readonly hubDevice?: JsonObject;
  readonly webhookCalls?: number;
  /** On the emulator's clock, from the first call. */
  readonly callsAtSeconds?: readonly number[];
  /** One after the other; more calls may follow. Partial: members that are not named do not matter. */
  readonly webhookRequests?: readonly WebhookRequestExpect[];
  /** Every answer to register and poll of the latest registration. Partial. */
  readonly replies?: readonly ReplyExpect[];
  readonly lastReply?: ReplyExpect;
  readonly device?: ReportExpect;
}

export interface WebhookRequestExpect {
  readonly method?: JsonValue;
  readonly path?: JsonValue;
  readonly query?: JsonObject;
  readonly headers?: JsonObject;
  readonly body?: JsonValue;
}

export interface ReplyExpect {
  readonly step?: 'register' | 'poll';
  readonly status?: JsonValue;
  readonly retryAfterSeconds?: JsonValue;
  readonly body?: JsonValue;
}

/** What the device itself found. */
export interface ReportExpect {
  readonly outcome?: DeviceOutcome | 'assigning';
  /** The third column of the troubleshooting table; `null`: the C SDK still polls. */
  readonly result?: CSdkResultName | null;
  /** `CONNECTED` and `ASSIGNING`, in the order of the C SDK's callbacks. */
  readonly statuses?: readonly ('CONNECTED' | 'ASSIGNING')[];
}

/** With one device its expectations stand here directly; with several, under `devices`. */
export interface Expect extends DeviceExpect {
  readonly devices?: Readonly<Record<string, DeviceExpect>>;
  /** The ids of the devices at each hub that is named. */
  readonly hubDevices?: Readonly<Record<string, readonly string[]>>;
  readonly traceEqualAcrossTransports?: boolean;
}

export const TRANSPORTS: readonly DeviceTransport[] = ['mqtt', 'mqtt-ws', 'https'];

/** What the device of a case with a single one is called. */
export const ONLY_DEVICE = 'device';
