/** The checks behind every assertion: whether it holds, and what to say in either case. */
import { type Outcome, onRecord, outcomeOf, type Registration, type Subject, timelineText } from './registration.ts';

export interface Checked {
  readonly pass: boolean;
  /** What was found, and the story; for `.not` too. */
  readonly message: () => string;
  readonly actual: unknown;
  readonly expected: unknown;
}

export interface WebhookCallsExpected {
  /** How many calls in all. Default: at least one, or as many as `at` has. */
  readonly times?: number;
  /** Seconds from the first call to each, on the emulator's clock: exact on a manual or skipping one. */
  readonly at?: readonly number[];
}

export function checkAssigned(registration: Registration, hub: string): Checked {
  const outcome = outcomeOf(registration);
  const pass = outcome.kind === 'assigned' && outcome.hub.toLowerCase() === hub.toLowerCase();
  return {
    pass,
    message: () => story(registration, pass, `to be assigned to ${hub}`, saidOf(outcome)),
    actual: outcome.kind === 'assigned' ? outcome.hub : outcome.kind,
    expected: hub,
  };
}

/** @param errorCode of a registration that failed, or of a refusal */
export function checkFailed(registration: Registration, errorCode: number): Checked {
  const outcome = outcomeOf(registration);
  const found = outcome.kind === 'failed' || outcome.kind === 'refused' ? outcome.errorCode : undefined;
  const pass = found === errorCode;
  return {
    pass,
    message: () => story(registration, pass, `to have failed with ${errorCode}`, saidOf(outcome)),
    actual: found ?? outcome.kind,
    expected: errorCode,
  };
}

/** @throws {Error} where the journal has let go of entries, and the calls among them would decide */
export function checkWebhookCalled(subject: Subject, { times, at }: WebhookCallsExpected = {}): Checked {
  const { entries, isIncomplete } = onRecord(subject);
  const calls = entries.filter(({ event }) => event.kind === 'webhook-attempt');
  const seconds = calls.map(({ atMs }) => (atMs - (calls[0]?.atMs ?? 0)) / 1000);
  const isCounted = times === undefined ? at !== undefined || calls.length > 0 : calls.length === times;
  const pass = isCounted && (at === undefined || JSON.stringify(at) === JSON.stringify(seconds));
  const isSettled = calls.length > (times ?? at?.length ?? 0);
  if (isIncomplete && !isSettled) throw new Error(notJudged(calls.length));
  const wanted = [
    `to have called its webhook`,
    ...(times === undefined ? [] : [times === 1 ? 'once' : `${times} times`]),
    ...(at === undefined ? [] : [`at ${at.join(' ')} s`]),
  ];
  const found =
    calls.length === 0 ? 'it was not called' : `it was called ${calls.length} times, at ${seconds.join(' ')} s`;
  return {
    pass,
    message: () => story(subject, pass, wanted.join(' '), found),
    actual: at === undefined ? calls.length : seconds,
    expected: at ?? times,
  };
}

function notJudged(calls: number): string {
  const what = `the journal has dropped entries, so nobody knows how often the webhook was called (${calls} calls are left)`;
  return `${what}: let it keep more with journalEntriesMax and journalTimelinesMax, or count at the webhook itself: dps.webhook.count()`;
}

function story(subject: Subject, isNegated: boolean, wanted: string, found: string): string {
  const isOne = 'registrationId' in subject;
  const who = isOne ? subject.registrationId : 'the emulator';
  const { entries } = onRecord(subject);
  const head = `expected ${who} ${isNegated ? 'not ' : ''}${wanted}, but ${found}`;
  return `${head}\n\nwhat happened${isOne ? ` to ${who}` : ''}, on the emulator's clock:\n${timelineText(entries)}`;
}

function saidOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'unknown':
      return 'it has not registered here';
    case 'assigning':
      return 'it is still being assigned';
    case 'assigned':
      return `it was assigned to ${outcome.hub} as ${outcome.deviceId}`;
    case 'failed':
      return `it failed with ${outcome.errorCode}: ${outcome.message}`;
    case 'refused':
      return `it was refused${outcome.errorCode === undefined ? '' : ` with ${outcome.errorCode}`}: ${outcome.message}`;
    case 'disabled':
      return 'its enrollment is disabled';
  }
}
