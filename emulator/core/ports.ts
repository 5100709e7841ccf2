/** Everything the core needs from outside itself, in one value. */
import type { Enrollment } from '../wire/enrollment.ts';
import type { WebhookFailure } from '../wire/journal-entry.ts';
import type { RegistrationSubject } from '../wire/journal-subject.ts';
import type { InitialTwin, JsonValue } from '../wire/twin.ts';
import type { Assumptions } from './assumptions.ts';
import type { Clock, ClockTask } from './clock/clock.ts';
import type { Ids } from './ids.ts';
import type { Journal } from './journal/journal.ts';
import type { LinkedHub } from './store/instances.ts';
import type { LadderState } from './store/operations.ts';
import type { Proven } from './store/proven.ts';
import type { Assignment } from './store/registrations.ts';
import type { Store, Transaction } from './store/store.ts';

/** What the custom-allocation webhook is asked about; the adapter turns it into the wire's AllocationRequest. */
export interface AllocationQuestion {
  readonly subject: RegistrationSubject;
  readonly enrollment: Enrollment;
  readonly proven: Proven;
  readonly registrationId: string;
  readonly current: Assignment | undefined;
  readonly payload: JsonValue | undefined;
  readonly linkedHubs: readonly string[];
}

export type WebhookOutcome =
  | { readonly kind: 'response'; readonly status: number; readonly body: string }
  | { readonly kind: 'no-response'; readonly failure: WebhookFailure; readonly detail: string };

export interface WebhookResult {
  /** The last attempt's outcome. */
  readonly outcome: WebhookOutcome;
  readonly attempts: number;
}

/** Where a ladder goes on, and where it leaves how far it has come. */
export interface LadderRun {
  /** As it was stored; absent before the first call. */
  readonly state: LadderState | undefined;
  /** Stores it: what was not stored is done again when the operation is taken up by another engine. */
  readonly save: (state: LadderState) => Promise<void>;
  readonly task: ClockTask;
  readonly signal: AbortSignal;
}

/** Asks the webhook, with retries on the clock of the task. Rejects when the signal fires or nothing can be stored. */
export type AllocateCustom = (question: AllocationQuestion, run: LadderRun) => Promise<WebhookResult>;

/** Creates or updates a device at its hub. `data` says where its twin comes from. */
export interface ProvisionRequest {
  readonly hub: string;
  readonly deviceId: string;
  /** How the service and the hub are linked; absent when they are not, as a device's old hub may be by now. */
  readonly link?: LinkedHub | undefined;
  /** Becomes what the device authenticates with at the hub. */
  readonly proven: Proven;
  readonly iotEdge: boolean;
  /** `initial`: the twin given here. `migrate`: the twin at the previous hub. `keep`: the twin already there. */
  readonly data: 'initial' | 'migrate' | 'keep';
  /** Looked at for `initial`, and when there is no twin to keep or to migrate: the device was deleted at its hub, say. */
  readonly twin: InitialTwin | undefined;
  /** Nulls in an initial twin are kept; absent, the twin is refused, as the hub refuses it of everybody. */
  readonly nulls?: 'keep';
  /** The device is removed from here, when this is another hub. */
  readonly previous: Assignment | undefined;
  /** The link to that other hub; absent when there is none. */
  readonly previousLink?: LinkedHub | undefined;
}

export type ProvisionResult =
  | { readonly kind: 'provisioned'; readonly isTwinInitial: boolean }
  /** The twin is beyond the hub's limits: each fault names the member and the rule. */
  | { readonly kind: 'twin-refused'; readonly faults: readonly string[] }
  | { readonly kind: 'twin-null'; readonly member: string }
  | { readonly kind: 'no-such-hub' }
  /** Asked again later, the hub may let the service write. @see HubRefusal */
  | ({ readonly kind: 'refused' } & HubRefusal);

/** Why a hub did not let the service write. */
export interface HubRefusal {
  /** Which hub: the one that the device goes to, or the one that it leaves. */
  readonly hub: string;
  readonly errorCode: number;
  /** The hub's own words: what the device reads in the end. */
  readonly errorMessage: string;
  /** What only the user of the emulator reads: cause and next step. */
  readonly reason: string;
}

export interface HubPort {
  provision(request: ProvisionRequest, tx: Pick<Transaction, 'storedHubs'>): Promise<ProvisionResult>;
}

export interface ServiceSettings {
  /** Seconds that a device is told to wait before it asks again. Real time. */
  readonly retryAfterSeconds: number;
  /** How long an operation id is answered after its conclusion, on the emulator's clock. */
  readonly operationLifetimeSeconds: number;
  readonly assumptions: Assumptions;
}

export interface Ports extends Store {
  readonly clock: Clock;
  /** The instant by which tokens expire, milliseconds since the epoch: the wall clock unless told otherwise. */
  readonly credentialNow: () => number;
  readonly ids: Ids;
  readonly journal: Journal;
  readonly hubs: HubPort;
  readonly allocateCustom: AllocateCustom;
  readonly settings: ServiceSettings;
  /** Told of everything that is a bug of ours: something other than a DpsError was thrown. */
  readonly reportBug: (error: unknown, where: string) => void;
}
