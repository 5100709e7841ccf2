/** Calls the webhook as often as the retry policy says, on the emulator's clock, and journals every attempt. */

import type { Assumptions } from '../core/assumptions.ts';
import type { ClockTask } from '../core/clock/clock.ts';
import type { Journal } from '../core/journal/journal.ts';
import type { AllocateCustom, AllocationQuestion, WebhookOutcome } from '../core/ports.ts';
import type { LadderState } from '../core/store/operations.ts';
import { maskQuery } from '../wire/mask.ts';
import type { JsonValue } from '../wire/twin.ts';
import { postJson, type WebhookClientOptions } from './client.ts';
import { buildAllocationRequest } from './request-builder.ts';
import { decideRetry } from './retry-policy.ts';

/** What a ladder does: ask, and decide whether to ask again. */
export const LADDER_STEPS = { buildRequest: buildAllocationRequest, postJson, decideRetry };

export type LadderSteps = Readonly<typeof LADDER_STEPS>;

export interface LadderOptions {
  readonly steps?: LadderSteps;
  readonly journal: Journal;
  /** Milliseconds since the epoch on the emulator's clock. */
  readonly now: () => number;
  readonly assumptions: Assumptions;
  readonly client: WebhookClientOptions;
  /** Charged to the clock when a call times out under `manual` or `skip`, where real waiting costs no virtual time. */
  readonly timeoutMs: number;
  /** True while the clock does not run by itself. */
  readonly isTimeVirtual: () => boolean;
  /** Real milliseconds, for durations only. */
  readonly realNow: () => number;
}

export function createLadder(options: LadderOptions): AllocateCustom {
  const { steps = LADDER_STEPS, journal, assumptions, now } = options;
  return async (question, { state: stored, save, task, signal }) => {
    const url = question.enrollment.record.customAllocationDefinition?.webhookUrl;
    if (url === undefined) throw new Error('an enrollment with custom allocation has no customAllocationDefinition');
    let state = stored ?? { ...FIRST_CALL, dueMs: now(), request: JSON.stringify(steps.buildRequest(question)) };
    for (;;) {
      const { attempt, dueMs, because } = state;
      if (dueMs > now())
        await task.sleep(dueMs - now(), `retry ${attempt - 1} of the webhook after ${because}`, signal);
      const mayBegin = state.begun === 0 || (state.begun === 1 && assumptions['interrupted-webhook-call'] === 'repeat');
      state = { ...state, begun: state.begun + 1 };
      if (mayBegin) await save(state);
      const outcome = mayBegin
        ? await callOnce({ question, url, state }, task, signal, { ...options, steps })
        : INTERRUPTED;
      const nowMs = now();
      const decision = steps.decideRetry(outcome, attempt, assumptions);
      if (decision.kind === 'stop') {
        if (decision.afterMs !== undefined) await task.sleep(decision.afterMs, 'the failure of the webhook', signal);
        return { outcome, attempts: attempt };
      }
      const { afterMs } = decision;
      const next = {
        attempt: attempt + 1,
        dueMs: nowMs + afterMs,
        request: state.request,
        because: decision.because,
        begun: 0,
      };
      await save(next);
      journal.record(question.subject, { kind: 'retry-scheduled', attempt, afterMs, because: next.because });
      state = next;
    }
  };
}

const FIRST_CALL = { attempt: 1, begun: 0 };

/** A call that was begun twice, or once where that counts as made, and whose answer was never stored. */
const INTERRUPTED: WebhookOutcome = {
  kind: 'no-response',
  failure: 'dropped',
  detail: 'the emulator was stopped before the answer was there',
};

interface Call {
  readonly question: AllocationQuestion;
  readonly url: string;
  readonly state: LadderState;
}

async function callOnce(
  { question, url, state: { attempt, request } }: Call,
  task: ClockTask,
  signal: AbortSignal,
  options: LadderOptions & { readonly steps: LadderSteps },
): Promise<WebhookOutcome> {
  const startedMs = options.realNow();
  const outcome = await options.steps.postJson(url, request, options.client, signal);
  const durationMs = options.realNow() - startedMs;
  options.journal.record(question.subject, {
    kind: 'webhook-attempt',
    attempt,
    url: maskQuery(url),
    request: JSON.parse(request) as JsonValue,
    ...(outcome.kind === 'response'
      ? { status: outcome.status, response: outcome.body }
      : { failure: outcome.failure, detail: outcome.detail }),
    durationMs,
  });
  if (outcome.kind === 'no-response' && outcome.failure === 'timeout' && options.isTimeVirtual()) {
    await task.sleep(options.timeoutMs, `time-out of webhook call ${attempt}`, signal);
  }
  return outcome;
}
