/** Allocations under way: started after the answer 202, concluded in a turn of their own, ended by a newer register. */
import { registrationSubject } from '../../wire/journal-subject.ts';
import type { ClockTask } from '../clock/clock.ts';
import type { Ports } from '../ports.ts';
import type { RegistrationRecord } from '../store/registrations.ts';
import { registrationAddress } from '../store/registrations.ts';
import type { Transaction } from '../store/store.ts';
import { allocate } from './allocation/allocate.ts';
import { type AllocationResult, allocationFailed } from './allocation/allocation-result.ts';
import { type AllocationJob, conclude } from './conclude.ts';

export interface Allocations {
  /** Starts the allocation. Its hold on the clock is open when this returns, so no virtual time passes unseen. */
  start(job: AllocationJob): void;
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

  const run = async (job: AllocationJob, signal: AbortSignal): Promise<void> => {
    const { record } = job;
    const address = registrationAddress(record.idScope, record.registrationId);
    try {
      await ports.clock.task(`registration ${record.registrationId}`, async (task) => {
        const result = await allocateOrFail(job, ports, task, signal);
        if (signal.aborted) return;
        await ports.transaction(address, (tx) => conclude(job, result, tx, ports));
      });
    } catch (error) {
      if (!signal.aborted) ports.reportBug(error, `allocation of ${record.registrationId}`);
    } finally {
      running.delete(record.operationId);
    }
  };

  return {
    start: (job) => {
      const abort = new AbortController();
      const done = run(job, abort.signal);
      running.set(job.record.operationId, { job, abort, done });
    },
    supersede: async (previous, by, tx) => {
      if (previous?.status !== 'assigning') return;
      const { idScope, registrationId, operationId } = previous;
      const operation = await tx.operations.get(idScope, registrationId, operationId);
      if (operation !== undefined) await tx.operations.put({ ...operation, isSuperseded: true });
      tx.onCommitted(() => {
        running.get(operationId)?.abort.abort();
        ports.journal.record(registrationSubject(previous), { kind: 'superseded', operationId, by });
      });
    },
    endForgotten: async () => {
      for (const { job, abort } of [...running.values()]) {
        const { idScope, registrationId, operationId } = job.record;
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

/** A bug while allocating must not leave the device assigning for ever. */
async function allocateOrFail(
  job: AllocationJob,
  ports: Ports,
  task: ClockTask,
  signal: AbortSignal,
): Promise<AllocationResult> {
  try {
    return await allocate(job, ports, task, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    ports.reportBug(error, `allocation of ${job.record.registrationId}`);
    return allocationFailed('InternalError', error instanceof Error ? error.message : String(error));
  }
}
