/** Everything that can happen, as the user of the emulator reads it. */
import type { JournalSubject } from './journal-subject.ts';
import type { RegistrationStatus, Substatus } from './registration.ts';
import type { Transport } from './transports.ts';
import type { InitialTwin, JsonObject, JsonValue } from './twin.ts';

export type DeviceOperation = 'register' | 'poll' | 'lookup';

/** Why a webhook gave no usable HTTP answer. */
export type WebhookFailure = 'timeout' | 'refused' | 'dns' | 'tls' | 'dropped' | 'garbage' | 'too-large';

export type JournalEvent =
  | { readonly kind: 'connected'; readonly transport: Transport; readonly apiVersion?: string }
  | { readonly kind: 'disconnected'; readonly transport: Transport; readonly why?: string }
  | {
      readonly kind: 'register-received';
      readonly transport: Transport;
      readonly apiVersion: string;
      readonly payload?: JsonValue;
    }
  | ({
      readonly kind: 'authenticated';
      readonly enrollmentKind: 'individual' | 'group';
      readonly enrollmentId: string;
    } & Evidence)
  | {
      readonly kind: 'refused';
      readonly operation: DeviceOperation | 'connect' | 'handshake' | 'request';
      readonly transport: Transport;
      readonly errorCode?: number;
      /** A `RefusalReason`, or the name of the error. */
      readonly reason: string;
      readonly detail: string;
    }
  /** Served all the same, and worth knowing: what was ignored, or what the real service may not take. */
  | { readonly kind: 'noted'; readonly detail: string }
  | { readonly kind: 'operation-opened'; readonly operationId: string; readonly linkedHubs: readonly string[] }
  | { readonly kind: 'superseded'; readonly operationId: string; readonly by: string }
  | {
      readonly kind: 'webhook-attempt';
      readonly attempt: number;
      readonly url: string;
      readonly request: JsonValue;
      readonly status?: number;
      readonly response?: string;
      readonly failure?: WebhookFailure;
      readonly detail?: string;
      /** Real milliseconds, whatever the clock. */
      readonly durationMs: number;
    }
  | { readonly kind: 'retry-scheduled'; readonly attempt: number; readonly afterMs: number; readonly because: string }
  | {
      readonly kind: 'concluded';
      readonly operationId: string;
      readonly status: RegistrationStatus;
      readonly substatus?: Substatus;
      readonly hub?: string;
      readonly deviceId?: string;
      readonly twin?: InitialTwin;
      readonly payload?: JsonObject;
      readonly errorCode?: number;
      readonly errorMessage?: string;
      /** The part that the device cannot see. */
      readonly reason?: string;
    }
  | {
      readonly kind: 'replied';
      readonly operation: DeviceOperation;
      readonly transport: Transport;
      readonly status: number;
      readonly retryAfterSeconds?: number;
      /** The exact text of the body. */
      readonly body: string;
    };

/** By what a device has proved itself. */
export type Evidence =
  | { readonly key: 'primary' | 'secondary' | 'none' }
  | { readonly certificate: { readonly subject: string; readonly sha256Thumbprint: string } }
  | { readonly endorsementKey: string };

/** How an entry stands with the registration; `quiet`: of interest only to who looks for it. */
export type Tone = 'quiet' | 'neutral' | 'good' | 'warning' | 'bad';

export interface JournalEntry {
  /** Position among all entries of this emulator. */
  readonly sequence: number;
  /** Instant on the emulator's clock, milliseconds since the epoch. */
  readonly atMs: number;
  /** What happened, in one line for a person. */
  readonly text: string;
  readonly tone: Tone;
  readonly event: JournalEvent;
}

export type Timeline<Subject extends JournalSubject = JournalSubject> = Subject & TimelineEntries;

interface TimelineEntries {
  readonly entries: readonly JournalEntry[];
  /** Entries of this timeline that were dropped to keep it bounded. */
  readonly droppedEntries: number;
}
