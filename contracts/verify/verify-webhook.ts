/** Verifies a webhook: sends it everything that the service sends, judges the answers, and comes to one document. */

import { postJson, resolveAssumptions } from '../../emulator/service-door.ts';
import { CONTOSO_DEVICES, CONTOSO_HUBS, CONTOSO_PAYLOAD } from '../../emulator/wire/contoso.ts';
import { createMasker, maskQueryValues, namesASecret, secretsOfUrl } from '../../emulator/wire/mask.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { createAttester } from './attester.ts';
import { createCaller } from './caller.ts';
import { expectedShapes, hubsNamedIn } from './expectation-cases.ts';
import type { Expectations } from './expectations.ts';
import { fuzz } from './fuzz.ts';
import { requestOf } from './request-body.ts';
import type { CaseSettings, PlannedCase } from './run-case.ts';
import { type Progress, runCases, runFirstCase } from './run-cases.ts';
import type { ShapeInputs } from './shape.ts';
import { shapesFor } from './shapes.ts';
import { shownText } from './shown-text.ts';
import { summaryOf, verdictOf } from './sum-up.ts';
import type { FuzzReport, VerifyCase, VerifyDocument } from './verdict.ts';

export interface VerifyOptions {
  /** http or https, with its `?code=`. */
  readonly webhook: string;
  /** Default: those that the expectations assign, else the tutorial's two. */
  readonly registrationIds?: readonly string[];
  /** At most 50. Default: those that the expectations name, else the tutorial's two. */
  readonly hubs?: readonly string[];
  /** What devices send along where a request has a payload. Default: the tutorial's. */
  readonly payload?: JsonValue;
  readonly expectations?: Expectations;
  /** Ids of the kinds of request to send. Default: all. */
  readonly only?: readonly string[];
  /** Milliseconds for one answer. Default 10,000. */
  readonly timeoutMs?: number;
  readonly fuzz?: { readonly requests: number; readonly seed: number };
  /** Leaves the function key in the `curl` lines. Default false. */
  readonly showKeys?: boolean;
  /** PEM of the CA of an https webhook, besides the public ones. */
  readonly webhookCa?: string;
  readonly progress?: Progress;
}

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Never rejects for what a webhook does; the document tells.
 *
 * @param post how the webhook is asked: by tests without a socket
 */
export async function verifyWebhook(options: VerifyOptions, post = postJson): Promise<VerifyDocument> {
  const { webhook: url, timeoutMs = ANSWER_TIMEOUT_MS, showKeys = false, progress = () => undefined } = options;
  const startedMs = performance.now();
  const inputs = inputsOf(options);
  const caller = createCaller({ url, timeoutMs, webhookCa: options.webhookCa, post });
  const settings: CaseSettings = { caller, assumptions: resolveAssumptions(), url, showKeys };

  const [first, ...others] = await planCases(options, inputs);
  const opening =
    first === undefined
      ? ({ kind: 'unreachable', reason: `There is no kind of request ${options.only?.join(', ')}` } as const)
      : await runFirstCase(first, settings);
  let cases: readonly VerifyCase[] = [];
  let fuzzed: FuzzReport | undefined;
  if (opening.kind === 'played') {
    const rest = await runCases(others, settings, (done, total) => progress(done + 1, total + 1));
    cases = [opening.verdict, ...rest];
    if (options.fuzz !== undefined) {
      const { report, findings } = await fuzz({ ...options.fuzz, inputs, settings, progress });
      fuzzed = report;
      cases = [...cases, ...findings];
    }
  }
  const document: VerifyDocument = {
    kind: 'dps-emulator-verify',
    version: 1,
    webhook: maskQueryValues(url),
    ...(opening.kind === 'played'
      ? verdictOf(cases)
      : { verdict: 'could-not-run', exitCode: 2, reason: `${opening.reason}.` }),
    settings: { timeoutMs, registrationIds: inputs.registrationIds, hubs: inputs.hubs },
    summary: summaryOf(cases, caller.sent(), Math.round(performance.now() - startedMs)),
    cases,
    ...(fuzzed !== undefined && { fuzz: fuzzed }),
  };
  return withoutSecrets(document, url);
}

function inputsOf({ registrationIds = [], hubs = [], payload, expectations }: VerifyOptions): ShapeInputs {
  const assigned =
    expectations?.rules.filter((rule) => rule.hub !== undefined).map((rule) => rule.registrationId) ?? [];
  const named = expectations === undefined ? [] : hubsNamedIn(expectations);
  return {
    registrationIds: firstFilled([registrationIds, assigned, CONTOSO_DEVICES]),
    hubs: firstFilled([hubs, named, CONTOSO_HUBS]),
    payload: payload ?? CONTOSO_PAYLOAD,
  };
}

function firstFilled(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.find((list) => list.length > 0))];
}

async function planCases(
  { webhook, expectations, only }: VerifyOptions,
  inputs: ShapeInputs,
): Promise<readonly PlannedCase[]> {
  const provenBy = createAttester();
  const expected = expectations === undefined ? [] : expectedShapes(expectations, inputs.hubs);
  const all = [...expected, ...shapesFor(inputs).map((shape) => ({ shape }))];
  const shapes = all.filter(({ shape }) => only === undefined || only.includes(shape.id));
  return Promise.all(
    shapes.map(async (planned) => ({ ...planned, request: await requestOf(planned.shape, webhook, provenBy) })),
  );
}

/** A webhook may answer with its own URL; the `curl` lines have been masked already, as far as the caller wants. */
function withoutSecrets(document: VerifyDocument, url: string): VerifyDocument {
  const shown = shownText(document, createMasker(secretsOfUrl(url, namesASecret)).text);
  return {
    ...shown,
    cases: shown.cases.map((one, index) => {
      const reproduction = document.cases[index]?.reproduction;
      return reproduction === undefined ? one : { ...one, reproduction };
    }),
  };
}
