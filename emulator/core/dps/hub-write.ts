/** Concludes at a hub that may refuse the service: again and again on the emulator's clock, through states that are stored. */
import { registrationSubject } from '../../wire/journal-subject.ts';
import type { ClockTask } from '../clock/clock.ts';
import type { HubRefusal, Ports } from '../ports.ts';
import type { HubWriteState } from '../store/operations.ts';
import type { AllocationResult } from './allocation/allocation-result.ts';
import type { AllocationJob } from './conclude.ts';

/**
 * Real waits are not known: one log shows the failure 66 s after the first answer `assigning`. The last attempt is made
 * at that instant. [sdk-c #1789; assumption hub-refused]
 */
export const HUB_WAITS_MS = [1, 2, 4, 8, 16, 35].map((seconds) => seconds * 1000);

export interface HubWriteRun {
  /** Writes at the hub and ends the operation, or tells why the hub refused. */
  readonly conclude: (result: AllocationResult) => Promise<HubRefusal | undefined>;
  readonly save: (state: HubWriteState) => Promise<void>;
  readonly task: ClockTask;
  readonly signal: AbortSignal;
}

type Allocated = Extract<AllocationResult, { kind: 'allocated' }>;

export async function concludeAtHub(
  job: AllocationJob,
  allocated: Allocated,
  { clock, journal, settings }: Pick<Ports, 'clock' | 'journal' | 'settings'>,
  { conclude, save, task, signal }: HubWriteRun,
): Promise<void> {
  const waits = settings.assumptions['hub-refused'] === 'retry' ? HUB_WAITS_MS : [];
  const { hub } = allocated;
  let state: HubWriteState = job.hubWrite ?? { attempt: 1, dueMs: clock.now(), allocated };
  for (;;) {
    const { attempt, dueMs } = state;
    if (dueMs > clock.now()) {
      await task.sleep(dueMs - clock.now(), `attempt ${attempt} to write at the hub ${hub}`, signal);
    }
    const refusal = await conclude(allocated);
    if (refusal === undefined || signal.aborted) return;
    const { hub: refusing, errorCode, errorMessage, reason } = refusal;
    const afterMs = waits[attempt - 1];
    const again = afterMs === undefined ? {} : { afterMs };
    journal.record(registrationSubject(job), {
      kind: 'hub-refused',
      hub: refusing,
      attempt,
      errorCode,
      reason,
      ...again,
    });
    if (afterMs === undefined) {
      await conclude({ kind: 'failed', errorCode, errorMessage, reason });
      return;
    }
    state = { attempt: attempt + 1, dueMs: clock.now() + afterMs, allocated };
    await save(state);
  }
}
