/** Allocations under way: started after the answer 202, concluded in a transaction of their own, ended by a newer register. */
import { registrationSubject } from '../../wire/journal-subject.ts';
import type { ClockTask } from '../clock/clock.ts';
import type { Ports } from '../ports.ts';
import { everyItem } from '../store/access.ts';
import type { LadderState, OperationRecord } from '../store/operations.ts';
import { type RegistrationRecord, registrationAddress } from '../store/registrations.ts';
import { StoreFailure, type Transaction } from '../store/store.ts';
import { allocate } from './allocation/allocate.ts';
import { type AllocationResult, allocationFailed } from './allocation/allocation-result.ts';
import { type AllocationJob, conclude } from './conclude.ts';

export interface Allocations {
  /**
   * Starts the allocation of an operation that is stored, or goes on with it. Its hold on the clock is open when this
   * returns, so no virtual time passes unseen.
   */
  start(operation: OperationRecord): void;
  /** Starts every operation that is assigning, as another engine left it. */
  resume(): Promise<void>;
  /** Ends what an older operation still has under way, once the transaction is committed. */
  supersede(previous: RegistrationRecord | undefined, by: string, tx: Transaction): Promise<void>;
  /** Ends those whose operation is not there any more. */
  endForgotten(): Promise<void>;
  /** Resolves when nothing is under way. */
  stop(): Promise<void>;
}

interface Running {
  readonly job: AllocationJob;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export function createAllocations(ports: Ports): Allocations {
  const running = new Map<string, Running>();

  const start = ({ idScope, registrationId, operationId, work }: OperationRecord): void => {
    if (work === undefined || running.has(operationId)) return;
    const job = { ...work, idScope, registrationId, operationId };
    const abort = new AbortController();
    const done = run(job, abort, ports).finally(() => running.delete(operationId));
    running.set(operationId, { job, abort, done });
  };

  return {
    start,
    resume: async () => {
      for (const operation of await everyItem(ports.operations.assigningPage)) start(operation);
    },
    supersede: async (previous, by, tx) => {
      if (previous?.status !== 'assigning') return;
      const { idScope, registrationId, operationId } = previous;
      const operation = await tx.operations.get(idScope, registrationId, operationId);
      if (operation !== undefined) await tx.operations.put({ ...withoutWork(operation), isSuperseded: true });
      tx.onCommitted(() => {
        running.get(operationId)?.abort.abort();
        ports.journal.record(registrationSubject(previous), { kind: 'superseded', operationId, by });
      });
    },
    endForgotten: async () => {
      for (const { job, abort } of [...running.values()]) {
        const { idScope, registrationId, operationId } = job;
        if ((await ports.operations.get(idScope, registrationId, operationId)) === undefined) abort.abort();
      }
    },
    stop: async () => {
      const all = [...running.values()];
      for (const { abort } of all) abort.abort();
      await Promise.all(all.map(({ done }) => done));
    },
  };
}

function withoutWork({ work: _work, ...operation }: OperationRecord): OperationRecord {
  return operation;
}

/** From the stored operation to its conclusion. Never rejects. */
async function run(job: AllocationJob, abort: AbortController, ports: Ports): Promise<void> {
  const { signal } = abort;
  const address = registrationAddress(job.idScope, job.registrationId);
  const where = `allocation of ${job.registrationId}`;
  const report = (error: unknown): void => ports.reportBug(error, where);
  /** A bug while allocating must not leave the device assigning for ever. */
  const failedBy = (error: unknown): AllocationResult => {
    if (signal.aborted || error instanceof StoreFailure) throw error;
    report(error);
    return allocationFailed('InternalError', error instanceof Error ? error.message : String(error));
  };
  try {
    await ports.clock.task(`registration ${job.registrationId}`, async (task) => {
      const stored = (write: (tx: Transaction) => Promise<void>): Promise<void> =>
        untilStored(() => ports.transaction(address, write), { task, signal, report });
      const save = async (ladder: LadderState): Promise<void> => {
        await stored((tx) => saveLadder(job, ladder, abort, tx));
        signal.throwIfAborted();
      };
      const concluded = (result: AllocationResult) => stored((tx) => conclude(job, result, tx, ports));
      const result = await allocate(job, ports, { state: job.ladder, save, task, signal }).catch(failedBy);
      if (signal.aborted) return;
      await concluded(result).catch((error: unknown) => concluded(failedBy(error)));
    });
  } catch (error) {
    if (!signal.aborted) report(error);
  }
}

/** A ladder whose operation has ended without it ends. */
async function saveLadder(job: AllocationJob, ladder: LadderState, abort: AbortController, tx: Transaction) {
  const operation = await tx.operations.get(job.idScope, job.registrationId, job.operationId);
  if (operation?.work === undefined) abort.abort();
  else await tx.operations.put({ ...operation, work: { ...operation.work, ladder } });
}

/** The first wait, and the one that is not doubled any more: a store that is away for days is asked every five minutes. */
const STORE_WAIT_MS = { first: 1000, longest: 300_000 };

/**
 * Who has promised a result goes on when the store is there again, however long that takes: what was decided is kept, so
 * the webhook is not asked twice. An outage that lasts is reported once.
 */
async function untilStored(
  write: () => Promise<void>,
  { task, signal, report }: { readonly task: ClockTask; readonly signal: AbortSignal; report(error: unknown): void },
): Promise<void> {
  for (let waitMs = STORE_WAIT_MS.first; ; waitMs = Math.min(2 * waitMs, STORE_WAIT_MS.longest)) {
    try {
      return await write();
    } catch (error) {
      if (signal.aborted || !(error instanceof StoreFailure)) throw error;
      // The one doubling that ends at the longest wait.
      if (waitMs < STORE_WAIT_MS.longest && 2 * waitMs >= STORE_WAIT_MS.longest) report(error);
      await task.sleep(waitMs, `the store: ${error.message}`, signal);
    }
  }
}
