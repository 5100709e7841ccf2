/** What the control API is asked and answers (docs/control-api.md): the emulator renders it, its clients read it. */
import type { DroppedEntries, JournalEntry, Timeline } from './journal-entry.ts';
import type { JournalSubject } from './journal-subject.ts';
import type { RegistrationStatus, Substatus } from './registration.ts';
import type { Transport } from './transports.ts';
import type { JsonObject } from './twin.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Endpoints {
  readonly mqtt: Endpoint;
  readonly https: Endpoint;
  /** `http://127.0.0.1:8980` */
  readonly control: string;
  /** The `host:port` that the Node SDK's MQTT transport takes as its provisioning host. */
  readonly provisioningHost: string;
}

export interface HeldAnswer {
  readonly idScopes: readonly string[];
  readonly hubs: readonly string[];
}

export interface ReadyAnswer extends HeldAnswer {
  readonly status: 'ready';
  readonly version: string;
  readonly pid: number;
  readonly endpoints: Endpoints;
  readonly ca: { readonly certificatePath: string };
  /** Its query masked. */
  readonly webhookUrl: string | null;
}

export interface ConfigAnswer {
  /** `null`: none. */
  readonly options: JsonObject;
  readonly assumptions: readonly {
    readonly id: string;
    readonly value: string;
    readonly default: string;
    readonly alternatives: readonly string[];
    readonly sentence: string;
  }[];
}

/** What the service remembers of a device. */
export interface RegistrationAnswer {
  readonly idScope: string;
  readonly registrationId: string;
  /** Absent for an individual enrollment. */
  readonly enrollmentGroupId?: string;
  readonly status: RegistrationStatus;
  readonly substatus?: Substatus;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  /** With `deviceId`, survives a later failure. */
  readonly assignedHub?: string;
  readonly deviceId?: string;
  readonly payload?: JsonObject;
  readonly operationId: string;
  readonly operationCount: number;
  readonly etag: string;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
}

/** Which timelines are asked for; without anything, all. */
export interface JournalFilter {
  readonly idScope?: string | undefined;
  readonly registrationId?: string | undefined;
}

export interface JournalAnswer extends Paged {
  readonly droppedTimelines: number;
  /** Of all timelines, those that were dropped among them. */
  readonly dropped: DroppedEntries;
  readonly timelines: readonly Timeline[];
}

interface Paged {
  /** The parameter `after` of the next page; absent on the last one. */
  readonly next?: string;
}

/** An entry as the event stream sends it. */
export type StreamedEntry = JournalEntry & JournalSubject;

/** Who is connected; instants on the emulator's clock. */
export interface ConnectionAnswer {
  readonly transport: Transport;
  readonly since: string;
  readonly sinceMs: number;
  /** Who it says it is; `null` for a back end. */
  readonly device: {
    readonly idScope: string;
    readonly registrationId: string;
    readonly apiVersion?: string | undefined;
    readonly credential: string;
  } | null;
  readonly last: { readonly what: string; readonly at: string; readonly atMs: number } | null;
}

/** What a run decided of one registration. */
export interface RegistrationTrace {
  readonly idScope: string;
  readonly registrationId: string;
  readonly events: readonly JsonObject[];
}

export interface TraceAnswer extends Paged {
  /** `sha256:…`, over the canonical JSON of the trace. */
  readonly hash: string;
  readonly trace: readonly RegistrationTrace[];
}

export const CLOCK_MODES = ['system', 'scaled', 'manual', 'skip'] as const;
export type ClockMode = (typeof CLOCK_MODES)[number];

export interface PendingAnswer {
  readonly now: string;
  readonly nowMs: number;
  readonly pending: readonly {
    readonly who: string;
    readonly why: string;
    readonly due: string;
    readonly dueMs: number;
    readonly inMs: number;
  }[];
  /** What keeps time still. */
  readonly openHolds: readonly string[];
}

export interface ClockState extends PendingAnswer {
  readonly mode: ClockMode;
  readonly factor: number;
}

export interface ClockMove {
  readonly from: string;
  readonly fromMs: number;
  readonly to: string;
  readonly toMs: number;
  readonly woken: number;
}

export interface HubSummary {
  readonly name: string;
  readonly deviceCount: number;
}

export interface SasQuestion {
  readonly token: string;
  /** Default: the scope that the token's resource names. */
  readonly idScope?: string | undefined;
  /** Default: the registration that the token's resource names. */
  readonly registrationId?: string | undefined;
}

export interface SasCheck {
  readonly check: 'form' | 'scope' | 'enrollment' | 'credential';
  readonly isPassed: boolean;
  readonly detail: string;
}

export interface SasExplanation {
  readonly isAccepted: boolean;
  /** The reason of the refusal; `disabled` when the enrollment is. */
  readonly reason?: string;
  readonly checks: readonly SasCheck[];
}
