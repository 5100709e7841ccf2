/** Sends one request three times – as it is, again, and with its members in another order – and judges the answers. */

import type { Assumptions, WebhookOutcome } from '../../emulator/service-door.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import type { Answered, Caller } from './caller.ts';
import { curlLine } from './curl-line.ts';
import { viewsOf } from './dps-view.ts';
import { expectationFaults } from './expectation-cases.ts';
import type { Expectation } from './expectations.ts';
import { fault, hubOf, isRefusal, judgeAnswer } from './judge-answer.ts';
import { reordered } from './request-body.ts';
import type { Shape } from './shape.ts';
import { kept } from './shown-text.ts';
import type { Exchange, Fault, VerifyCase } from './verdict.ts';

export interface CaseSettings {
  readonly caller: Caller;
  readonly assumptions: Assumptions;
  readonly url: string;
  readonly showKeys: boolean;
}

export interface PlannedCase {
  readonly shape: Shape;
  readonly request: JsonValue;
  readonly expectation?: Expectation;
}

interface Sent extends Answered {
  readonly sent: Exchange['sent'];
}

export async function runCase(planned: PlannedCase, settings: CaseSettings): Promise<VerifyCase> {
  const { shape, request, expectation } = planned;
  const { url, showKeys, assumptions } = settings;
  const body = JSON.stringify(request);
  const first = await sendAs('first', body, settings);
  // Only a decision can be compared; and a webhook that is silent or broken is not asked thrice.
  const isDecided = decisionOf(first.outcome) !== undefined;
  const again = isDecided ? await sendAs('again', body, settings) : undefined;
  const moved = isDecided ? await sendAs('reordered', JSON.stringify(reordered(request)), settings) : undefined;
  const answers = [first, again, moved].filter((answer) => answer !== undefined);

  const faults = [
    ...answerFaults(answers, shape),
    ...comparisonFaults(first, again, moved),
    ...(expectation === undefined ? [] : expectationFaults(expectation, first.outcome)),
  ];
  const exchanges = answers.map((answer) => exchangeOf(answer, shape, assumptions));
  const worst = faults[0];
  const isRefused = isRefusal(first.outcome) && expectation?.refused !== true;
  return {
    id: shape.id,
    title: shape.title,
    requirement: worst?.requirement ?? shape.title,
    source: worst?.source ?? shape.source,
    outcome: worst !== undefined ? 'failed' : isRefused ? 'refused' : 'passed',
    detail: worst?.detail ?? exchanges[0]?.dps.reason ?? '',
    faults,
    exchanges,
    request,
    ...(worst !== undefined && { reproduction: curlLine({ url, body, showKeys }) }),
  };
}

async function sendAs(sent: Exchange['sent'], body: string, { caller }: CaseSettings): Promise<Sent> {
  return { sent, ...(await caller.send(body)) };
}

/** What two answers to one request must have in common: the hub, or that there is none. */
function decisionOf(outcome: WebhookOutcome): string | undefined {
  return isRefusal(outcome) ? 'a refusal' : hubOf(outcome);
}

const WORDS = {
  first: '',
  again: 'to the same request again: ',
  reordered: 'to the same request with its members in another order: ',
} as const;

/** A fault that stays the same is told once. */
function answerFaults(answers: readonly Sent[], { linkedHubs }: Shape): readonly Fault[] {
  const told = new Set<string>();
  return answers.flatMap(({ sent, outcome }) =>
    judgeAnswer(outcome, linkedHubs).flatMap((found) => {
      const key = `${found.rule} ${found.detail}`;
      if (told.has(key)) return [];
      told.add(key);
      return [{ ...found, detail: `${WORDS[sent]}${found.detail}` }];
    }),
  );
}

function comparisonFaults(first: Sent, again: Sent | undefined, moved: Sent | undefined): readonly Fault[] {
  const decided = decisionOf(first.outcome);
  const decidedAgain = again && decisionOf(again.outcome);
  if (decidedAgain !== undefined && decidedAgain !== decided) {
    return [fault('same-hub', `first ${decided}, then ${decidedAgain}`)];
  }
  const decidedMoved = moved && decisionOf(moved.outcome);
  if (decidedMoved !== undefined && decidedMoved !== decided) {
    return [fault('key-order', `${decided} as DPS orders the members, ${decidedMoved} in the opposite order`)];
  }
  return [];
}

function exchangeOf({ sent, outcome, durationMs }: Sent, shape: Shape, assumptions: Assumptions): Exchange {
  const answer = kept(outcome.kind === 'response' ? outcome.body : outcome.detail);
  const head = outcome.kind === 'response' ? { status: outcome.status } : { failure: outcome.failure };
  return { sent, ...head, answer, durationMs, ...viewsOf(shape, outcome, assumptions) };
}
