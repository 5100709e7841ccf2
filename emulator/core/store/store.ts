/** The emulator's store: typed collections over records, and transactions over the collections. */
import type { Access } from './access.ts';
import { type EnrollmentReads, type Enrollments, enrollmentsIn } from './enrollments.ts';
import { type HubReads, type StoredHubs, storedHubsIn } from './hubs.ts';
import { type InstanceReads, type Instances, instancesIn } from './instances.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { type OperationReads, type Operations, operationsIn } from './operations.ts';
import type { PageRequest, RecordStore } from './record-store.ts';
import { type RegistrationReads, type Registrations, registrationsIn } from './registrations.ts';
import { type ResourceGroupReads, type ResourceGroups, resourceGroupsIn } from './resource-groups.ts';
import { Buffer } from './transaction.ts';

export interface Reads {
  readonly instances: InstanceReads;
  readonly resourceGroups: ResourceGroupReads;
  readonly enrollments: EnrollmentReads;
  readonly registrations: RegistrationReads;
  readonly operations: OperationReads;
  readonly storedHubs: HubReads;
}

export interface Transaction extends Reads {
  readonly instances: Instances;
  readonly resourceGroups: ResourceGroups;
  readonly enrollments: Enrollments;
  readonly registrations: Registrations;
  readonly operations: Operations;
  readonly storedHubs: StoredHubs;
  /** Forgets everything that is stored. */
  clear(): void;
  /** Runs after the commit and within the turn; not at all when the transaction fails. For what cannot be undone. */
  onCommitted(effect: () => void): void;
}

export interface Store extends Reads {
  /**
   * Runs `work` after every earlier transaction of the same key and commits what it has written when it ends, all or
   * nothing. Where somebody else has changed what it read, it runs again. It is never held across a webhook call, a
   * sleep or a reply.
   * @throws {StoreFailure} and whatever `work` throws; nothing has been written then
   */
  transaction<T>(key: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** The store could not be read or written: no bug of ours, and perhaps gone the next time. */
export class StoreFailure extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreFailure';
  }
}

/** Seeds, resets and the changes of resources and hubs are transactions of this key. */
export const SET_UP_TURN = 'set-up';

/** Runs of one transaction: who loses as often as that is kept from his turn by something else than bad luck. */
const RUNS_MAX = 20;

export function createStore(given: RecordStore): Store {
  const queue = createKeyedQueue();
  const records = withFailures(given);

  const run = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    for (let runs = 0; runs < RUNS_MAX; runs += 1) {
      const buffer = new Buffer(records);
      const result = await work(transactionOver(buffer));
      if (await buffer.commit()) return result;
    }
    throw new StoreFailure(`others changed what a transaction had read, ${RUNS_MAX} times in a row`);
  };

  return {
    ...collectionsOver(readsOf(records)),
    transaction: (key, work) => queue.turn(key, () => run(work)),
  };
}

function transactionOver(buffer: Buffer): Transaction {
  return Object.assign(collectionsOver(buffer), {
    clear: () => buffer.clear(),
    onCommitted: (effect: () => void) => buffer.onCommitted(effect),
  });
}

/** Each is a dozen functions, and a transaction needs few of them: they are made when they are asked for. */
function collectionsOver(access: Access): Omit<Transaction, 'clear' | 'onCommitted'> {
  const made: { -readonly [Name in keyof Reads]?: Transaction[Name] } = {};
  return {
    get instances() {
      made.instances ??= instancesIn(access);
      return made.instances;
    },
    get resourceGroups() {
      made.resourceGroups ??= resourceGroupsIn(access);
      return made.resourceGroups;
    },
    get enrollments() {
      made.enrollments ??= enrollmentsIn(access);
      return made.enrollments;
    },
    get registrations() {
      made.registrations ??= registrationsIn(access);
      return made.registrations;
    },
    get operations() {
      made.operations ??= operationsIn(access);
      return made.operations;
    },
    get storedHubs() {
      made.storedHubs ??= storedHubsIn(access);
      return made.storedHubs;
    },
  };
}

/** Outside of a transaction; what writes is not among the types there. */
function readsOf(records: RecordStore): Access {
  const refuse = (): Promise<never> => Promise.reject(new Error('a write outside of a transaction'));
  return {
    get: async <T extends object>(collection: string, key: string) =>
      (await records.get(collection, key))?.value as T | undefined,
    page: async <T extends object>(list: string, request: PageRequest) => {
      const { items, ...rest } = await records.page(list, request);
      return { items: items.map(({ value }) => value as T), ...rest };
    },
    put: refuse,
    delete: refuse,
  };
}

function withFailures(records: RecordStore): RecordStore {
  const fail = (error: unknown): never => {
    throw new StoreFailure(error instanceof Error ? error.message : String(error), error);
  };
  return {
    get: (collection, key) => records.get(collection, key).catch(fail),
    page: (list, request) => records.page(list, request).catch(fail),
    commit: (given) => records.commit(given).catch(fail),
  };
}
