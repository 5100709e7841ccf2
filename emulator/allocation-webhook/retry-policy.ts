/** The retry policy as a pure decision: again after so long, or stop. [dps-service-behaviour §1.7] */
import type { Assumptions } from '../core/assumptions.ts';
import type { WebhookOutcome } from '../core/ports.ts';

/** Ten retries, so at most eleven calls. */
export const RETRIES_MAX = 10;
export const INITIAL_INTERVAL_MS = 1_000;
export const INCREMENT_MS = 9_000;

/** From this status on the service retries; anything below is an answer. */
const RETRIED_STATUS_MIN = 429;

export type RetryDecision =
  | { readonly kind: 'retry'; readonly afterMs: number; readonly because: string }
  /** `afterMs`: the outcome counts only then. */
  | { readonly kind: 'stop'; readonly afterMs?: number };

/** @param attempt how many calls were made so far, from 1 */
export function decideRetry(outcome: WebhookOutcome, attempt: number, assumptions: Assumptions): RetryDecision {
  if (isLate(outcome, assumptions)) return { kind: 'stop', afterMs: LATE_MS };
  const because = retryReason(outcome, assumptions);
  if (because === undefined || attempt > RETRIES_MAX) return { kind: 'stop' };
  return { kind: 'retry', afterMs: INITIAL_INTERVAL_MS + INCREMENT_MS * (attempt - 1), because };
}

/** About as long as the seven polls of the report took, which is also how long Windows tries to connect. */
const LATE_MS = 21_000;

function isLate(outcome: WebhookOutcome, assumptions: Assumptions): boolean {
  if (outcome.kind === 'response' || outcome.failure === 'too-large') return false;
  return assumptions[`webhook-${outcome.failure}`] === 'fail-late';
}

function retryReason(outcome: WebhookOutcome, assumptions: Assumptions): string | undefined {
  if (outcome.kind === 'response') {
    return outcome.status >= RETRIED_STATUS_MIN ? `status ${outcome.status}` : undefined;
  }
  if (outcome.failure === 'too-large') return undefined;
  return assumptions[`webhook-${outcome.failure}`] === 'retry' ? outcome.failure : undefined;
}
