/** Plays the planned cases, eight at a time, until they are done or the webhook has been silent too often. */
import { sideBySide } from '../run/side-by-side.ts';
import { TIMEOUTS_MAX } from './caller.ts';
import { type CaseSettings, type PlannedCase, runCase } from './run-case.ts';
import type { VerifyCase } from './verdict.ts';

/** Cases at a time; each has one request under way. */
export const REQUESTS_AT_A_TIME = 8;

export type Progress = (done: number, total: number) => void;

/** @returns a verdict per planned case, in their order */
export async function runCases(
  planned: readonly PlannedCase[],
  settings: CaseSettings,
  progress: Progress,
): Promise<readonly VerifyCase[]> {
  const verdicts = new Map<PlannedCase, VerifyCase>();
  await sideBySide(planned, REQUESTS_AT_A_TIME, async (next) => {
    if (settings.caller.hasGivenUp()) return;
    verdicts.set(next, await runCase(next, settings));
    progress(verdicts.size, planned.length);
  });
  return planned.map((one) => verdicts.get(one) ?? notRun(one));
}

/** The first request, alone: a webhook that is not there at all is told from one that answers wrongly. */
type FirstCase =
  | { readonly kind: 'played'; readonly verdict: VerifyCase }
  | { readonly kind: 'unreachable'; readonly reason: string };

export async function runFirstCase(planned: PlannedCase, settings: CaseSettings): Promise<FirstCase> {
  const verdict = await runCase(planned, settings);
  const { failure = '', answer } = verdict.exchanges[0] ?? {};
  const reason = UNREACHABLE[failure];
  return reason === undefined ? { kind: 'played', verdict } : { kind: 'unreachable', reason: `${reason} (${answer})` };
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  refused: 'Nothing listens at the URL of the webhook',
  dns: 'The host name of the webhook does not resolve',
  tls: 'The certificate of the webhook is not trusted; name its CA with --webhook-ca',
};

function notRun({ shape, request }: PlannedCase): VerifyCase {
  return {
    id: shape.id,
    title: shape.title,
    requirement: shape.title,
    source: shape.source,
    outcome: 'not-run',
    detail: `not sent: ${TIMEOUTS_MAX} requests were not answered in time`,
    faults: [],
    exchanges: [],
    request,
  };
}
