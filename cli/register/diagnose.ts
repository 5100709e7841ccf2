/** Reads out of the journal why a registration did not end well: the last refusal or failure, and the webhook's part in it. */
import type { JournalEntry } from '../../emulator/wire/journal-entry.ts';

export interface Diagnosis {
  /** A `RefusalReason`, the name of an error, or the registration's status. */
  readonly reason: string;
  readonly detail: string;
  /** How often the webhook was called; absent when it was not. */
  readonly webhookCalls?: number;
}

/** For people: the detail, and how often the webhook was asked. */
export function diagnosisText({ detail, webhookCalls: calls }: Diagnosis): string {
  return calls === undefined ? detail : `${detail} (${calls} webhook ${calls === 1 ? 'call' : 'calls'})`;
}

/** @param entries of one attempt, oldest first */
export function diagnose(entries: readonly JournalEntry[]): Diagnosis | undefined {
  const calls = entries.filter(({ event }) => event.kind === 'webhook-attempt').length;
  const webhookCalls = calls === 0 ? {} : { webhookCalls: calls };
  for (const { event } of entries.toReversed()) {
    if (event.kind === 'refused') return { reason: event.reason, detail: event.detail, ...webhookCalls };
    if (event.kind === 'concluded' && event.status !== 'assigned') {
      return { reason: event.status, detail: event.reason ?? event.errorMessage ?? event.status, ...webhookCalls };
    }
  }
  return undefined;
}
