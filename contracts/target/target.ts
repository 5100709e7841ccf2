/** What a case is played against: an emulator in this process, one that runs already, or the real service. */

import type { JournalEntry } from '../../emulator/wire/journal-entry.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment, SetUp } from '../../emulator/wire/set-up.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';
import type { ContractCase } from '../case/case.ts';

/** What a case can need of a target, and how a report says that it is wanting. */
export const ABILITIES = {
  clock: 'a clock that can be moved',
  journal: 'the journal of an emulator',
  assume: 'an emulator with an assumption of its own',
  options: 'an emulator with options of its own',
  'scripted-webhook': 'a webhook with scripted answers that the target can reach',
  'bundled-webhook': "the tutorial's function, which knows hubs by their names",
  'local-webhook': 'a webhook on the machine of the target',
  instance: 'a provisioning service of its own',
} as const;

export type Ability = keyof typeof ABILITIES;

/** Where the harness serves the webhooks of cases. */
export interface WebhookPlace {
  readonly host: string;
  readonly port: number;
  /** How the target reaches it, where that is not the address itself. */
  readonly publicUrl?: string | undefined;
}

/** What reports call a target that each case starts for itself. */
export const IN_PROCESS = 'in process';

export interface Target {
  /** As reports call it; no secrets. */
  readonly name: string;
  readonly can: ReadonlySet<Ability>;
  /** Absent: as many cases at a time as the run wants. */
  readonly jobsMax?: number;
  /** Absent: any free port of this machine's loopback. */
  readonly webhookPlace?: WebhookPlace | undefined;
  /** Why this case cannot be run here although all that it needs is there: a name that is too long, say. */
  readonly whyNot?: (contract: ContractCase) => string | undefined;
  /** What will stand under the prefix for this case. Where it is there, nothing is made before it has been agreed to. */
  readonly creates?: (contract: ContractCase, transport: DeviceTransport) => readonly string[];
  /** Whether equal seeds give equal traces, over each transport. */
  readonly isRepeatable: boolean;
  /** Once, before the first case. @throws when the target cannot be reached, or is not fit for a run */
  begin(): Promise<void>;
  open(options: OpenCaseOptions): Promise<TargetCase>;
  /** Leaves the target as it was found. @throws {RunError} when something was left behind */
  close(): Promise<void>;
}

export interface OpenCaseOptions {
  readonly contract: ContractCase;
  readonly transport: DeviceTransport;
  /** The case's own. */
  readonly seed: string;
  /** Where the enrollments of the case find their webhook. */
  readonly webhookUrl: string | undefined;
  /** PEM file with the CA of an https webhook. */
  readonly webhookCa: string | undefined;
  readonly signal: AbortSignal;
}

export interface Assignment {
  readonly hub: string;
  readonly deviceId: string;
}

export interface AtHub {
  readonly device: JsonObject | undefined;
  readonly twin: { readonly tags: JsonObject; readonly desired: JsonObject } | undefined;
}

export interface ChangedEnrollments {
  readonly enrollments?: readonly GivenIndividualEnrollment[];
  readonly enrollmentGroups?: readonly GivenEnrollmentGroup[];
}

/** Hears of the journal's entries of the case. */
export type EntryListener = (registrationId: string, entry: JournalEntry) => void;

/** One case at a target: what was made for it, and the ways to look at what came of it. */
export interface TargetCase {
  /** The case in the names that its hubs and devices have at the target. */
  readonly contract: ContractCase;
  readonly idScope: string;
  /** `undefined`: the public ones count. */
  readonly ca: { readonly certificatePath: string; readonly certificatePem: string } | undefined;
  endpoint(transport: DeviceTransport): { readonly host: string; readonly port: number };
  /** What the case holds, keys in clear. */
  setUp(): Promise<SetUp>;
  changeEnrollments(changed: ChangedEnrollments): Promise<void>;
  /** Where the latest registration of a device has led. */
  assignment(idScope: string, registrationId: string): Promise<Assignment | undefined>;
  /** Ids of the devices at a hub; `undefined` when there is no such hub. */
  hubDevices(hub: string): Promise<readonly string[] | undefined>;
  atHub(at: Assignment): Promise<AtHub>;
  /** `undefined` where the target keeps no journal. */
  entries(idScope: string, registrationId: string): Promise<readonly JournalEntry[] | undefined>;
  readonly journal: {
    subscribe(listener: EntryListener): () => void;
    /** Listeners have heard of everything that has happened so far. */
    catchUp(): Promise<void>;
    /** Resolves when the webhooks of the case were called so many times in all. */
    untilWebhookCalls(count: number, signal: AbortSignal): Promise<void>;
  };
  readonly clock: TargetClock;
  /** Hears when a device is told to ask again while the service only waits; the returned function ends that. */
  onWaiting(registrationId: string, listener: () => void): () => void;
  /** What the run decided; `null` where runs cannot be compared by it. */
  trace(): Promise<JsonValue>;
  /** Bugs of the target: something was thrown that is no error of the service. */
  readonly bugs: readonly string[];
  /** The names that stand in the case again, in place of those at the target. */
  inWordsOfCase(value: JsonValue): JsonValue;
  /** Removes what was made for the case. */
  close(): Promise<void>;
}

interface TargetClock {
  /** As far as is known here, in milliseconds since 1970. */
  now(): number;
  advance(ms: number): Promise<void>;
  /** What still runs at the service. */
  running(): Promise<readonly string[]>;
  /** How the built-in device waits before it asks again. */
  readonly polling: Polling;
}

export type Polling =
  /** Until nothing runs at the service; then it asks once. */
  | { readonly kind: 'when-settled'; readonly untilSettled: () => Promise<void> }
  /** As any device: it asks again and again, as the service tells it, until there is an outcome. */
  | { readonly kind: 'as-told' };
