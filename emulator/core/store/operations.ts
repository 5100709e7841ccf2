/** Operations: what an operation id that a device holds stands for. */
import type { Enrollment, ReprovisionPolicy } from '../../wire/enrollment.ts';
import type { InitialTwin, JsonObject, JsonValue } from '../../wire/twin.ts';
import type { Access } from './access.ts';
import type { DpsInstance } from './instances.ts';
import type { Proven } from './proven.ts';
import type { Page, PageRequest } from './record-store.ts';
import { type Assignment, type Outcome, registrationAddress } from './registrations.ts';

/** Where the calls of a webhook have come to. */
export interface LadderState {
  /** The call that is due or under way, from 1. */
  readonly attempt: number;
  /** When it is due, milliseconds since the epoch on the emulator's clock. */
  readonly dueMs: number;
  /** The body: the same for every call. */
  readonly request: string;
  /** Why the webhook is called again. */
  readonly because?: string;
  /** How often this call was begun: twice, when the emulator was stopped before it had stored an answer. */
  readonly begun: number;
}

/** What allocation has come to: the hub, and what the webhook sends along. */
export interface Allocated {
  readonly hub: string;
  readonly initialTwin?: InitialTwin;
  readonly payload?: JsonObject;
}

/** Where the attempts to write at the hub have come to. */
export interface HubWriteState {
  /** The attempt that is due or under way, from 1. */
  readonly attempt: number;
  /** When it is due, milliseconds since the epoch on the emulator's clock. */
  readonly dueMs: number;
  /** What was allocated: the webhook is not asked again. */
  readonly allocated: Allocated;
}

/** What allocates a registration, as it stood at its register: enough to go on with it in another process. */
export interface AllocationWork {
  readonly instance: DpsInstance;
  readonly enrollment: Enrollment;
  /** The webhook is told of it, and the device is known by it at its hub. */
  readonly proven: Proven;
  readonly policy: ReprovisionPolicy;
  readonly payload?: JsonValue | undefined;
  readonly current?: Assignment | undefined;
  /** Set when the device is assigned and its policy is never to move. */
  readonly staysAt?: Assignment | undefined;
  readonly offered: readonly string[];
  /** Once a webhook is called. */
  readonly ladder?: LadderState;
  /** Once a hub has refused the service. */
  readonly hubWrite?: HubWriteState;
}

export interface OperationRecord {
  readonly operationId: string;
  readonly idScope: string;
  readonly registrationId: string;
  readonly openedMs: number;
  /** While it is assigning. */
  readonly work?: AllocationWork;
  /** Set when the operation has ended; its life-time counts from here. */
  readonly concludedMs?: number;
  /** The registration as this operation left it. */
  readonly outcome?: Outcome;
  /** A newer register took its place before it ended. */
  readonly isSuperseded?: boolean;
}

export interface OperationReads {
  get(idScope: string, registrationId: string, operationId: string): Promise<OperationRecord | undefined>;
  /** Those that are assigning, oldest first. */
  assigningPage(page: PageRequest): Promise<Page<OperationRecord>>;
}

export interface Operations extends OperationReads {
  put(operation: OperationRecord): Promise<void>;
  delete(idScope: string, registrationId: string, operationId: string): Promise<boolean>;
}

const OPERATIONS = 'operations';
const ASSIGNING = 'operations/assigning';

export function operationsIn(access: Access): Operations {
  return {
    get: (idScope, registrationId, operationId) =>
      access.get(OPERATIONS, addressOf(idScope, registrationId, operationId)),
    assigningPage: (page) => access.page(ASSIGNING, page),
    put: (operation) => {
      const { idScope, registrationId, operationId, work } = operation;
      const lists = work === undefined ? [] : [ASSIGNING];
      return access.put(OPERATIONS, addressOf(idScope, registrationId, operationId), operation, lists);
    },
    delete: (idScope, registrationId, operationId) =>
      access.delete(OPERATIONS, addressOf(idScope, registrationId, operationId)),
  };
}

function addressOf(idScope: string, registrationId: string, operationId: string): string {
  return `${registrationAddress(idScope, registrationId)}/${operationId}`;
}
