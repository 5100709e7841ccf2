/** Calls the webhook as often as the retry policy says, on the emulator's clock, and journals every attempt. */

import type { Assumptions } from '../core/assumptions.ts';
import type { ClockTask } from '../core/clock/clock.ts';
import type { Journal } from '../core/journal/journal.ts';
import type { AllocateCustom, AllocationQuestion, WebhookOutcome } from '../core/ports.ts';
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
  const { steps = LADDER_STEPS } = options;
  return async (question, task, signal) => {
    const body = JSON.stringify(steps.buildRequest(question));
    const url = question.enrollment.record.customAllocationDefinition?.webhookUrl;
    if (url === undefined) throw new Error('an enrollment with custom allocation has no customAllocationDefinition');
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await callOnce({ question, url, body, attempt }, task, signal, { ...options, steps });
      const decision = steps.decideRetry(outcome, attempt, options.assumptions);
      if (decision.kind === 'stop') return { outcome, attempts: attempt };
      const { afterMs, because } = decision;
      options.journal.record(question.subject, { kind: 'retry-scheduled', attempt, afterMs, because });
      await task.sleep(afterMs, `retry ${attempt} of the webhook after ${because}`, signal);
    }
  };
}

interface Call {
  readonly question: AllocationQuestion;
  readonly url: string;
  readonly body: string;
  readonly attempt: number;
}

async function callOnce(
  { question, url, body, attempt }: Call,
  task: ClockTask,
  signal: AbortSignal,
  options: LadderOptions & { readonly steps: LadderSteps },
): Promise<WebhookOutcome> {
  const startedMs = options.realNow();
  const outcome = await options.steps.postJson(url, body, options.client, signal);
  const durationMs = options.realNow() - startedMs;
  options.journal.record(question.subject, {
    kind: 'webhook-attempt',
    attempt,
    url: maskQuery(url),
    request: JSON.parse(body) as JsonValue,
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
