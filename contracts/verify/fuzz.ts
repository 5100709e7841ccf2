/** Property-based requests with shrinking: what makes the webhook fail, hang, hang up or name a foreign hub. */
import type { JsonObject } from '../../emulator/wire/twin.ts';
import { curlLine } from './curl-line.ts';
import { fuzzRequests } from './fuzz-requests.ts';
import { judgeAnswer } from './judge-answer.ts';
import type { RuleId } from './rules.ts';
import type { CaseSettings } from './run-case.ts';
import { type Progress, REQUESTS_AT_A_TIME } from './run-cases.ts';
import type { ShapeInputs } from './shape.ts';
import type { Fault, FuzzReport, VerifyCase } from './verdict.ts';

interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly inputs: ShapeInputs;
  readonly settings: CaseSettings;
  readonly progress?: Progress;
}

/** A malformed request may be answered in many ways, but not in these. */
const FINDINGS: readonly RuleId[] = ['not-retried', 'in-time', 'connection', 'answer-size', 'hub-linked'];

/** Requests that one finding may cost to make it small. */
const SHRINKS_MAX = 250;

type Lane = Omit<FuzzOptions, 'progress'> & { readonly progress: () => void };

interface Finding {
  readonly request: JsonObject;
  readonly fault: Fault;
}

/** Eight lanes with a seed each, so that a seed gives the same requests however fast the webhook is. */
export async function fuzz(
  options: FuzzOptions,
): Promise<{ readonly report: FuzzReport; readonly findings: readonly VerifyCase[] }> {
  const { requests, seed, settings, progress = () => undefined } = options;
  const { caller } = settings;
  const before = caller.sent();
  const lanes = Array.from({ length: REQUESTS_AT_A_TIME }, (_, lane) => ({
    // Neighbouring seeds share no lane.
    seed: (Math.imul(seed, REQUESTS_AT_A_TIME) + lane) | 0,
    requests: Math.ceil((requests - lane) / REQUESTS_AT_A_TIME),
  })).filter((lane) => lane.requests > 0);
  const found = caller.hasGivenUp()
    ? []
    : await Promise.all(
        lanes.map((lane) =>
          fuzzLane({
            ...options,
            ...lane,
            progress: () => progress(Math.min(caller.sent() - before, requests), requests),
          }),
        ),
      );
  const findings = smallestOfEach(found.filter((finding) => finding !== undefined));
  const cutShort = caller.hasGivenUp() && { cutShort: 'three requests were not answered in time' };
  return {
    report: { requests, seed, sent: caller.sent() - before, ...cutShort },
    findings: findings.map((finding, index) => caseOf(finding, index, settings)),
  };
}

async function fuzzLane({ requests, seed, inputs, settings, progress }: Lane): Promise<Finding | undefined> {
  const { default: fc } = await import('fast-check');
  let smallest: Finding | undefined;
  let shrinks = 0;
  const property = fc.asyncProperty(fuzzRequests(fc, inputs), async (request) => {
    if (smallest !== undefined) shrinks += 1;
    // Ends the lane, and its shrinking at what has been found so far.
    if (settings.caller.hasGivenUp() || shrinks > SHRINKS_MAX) throw new fc.PreconditionFailure(true);
    const { outcome } = await settings.caller.send(JSON.stringify(request));
    progress();
    const fault = judgeAnswer(outcome, properHubs(request)).find(({ rule }) => FINDINGS.includes(rule));
    // While one fault is made small, another that turns up on the way is not followed.
    if (fault === undefined || (smallest !== undefined && smallest.fault.rule !== fault.rule)) return true;
    smallest = { request, fault };
    return false;
  });
  await fc.check(property, { seed, numRuns: requests });
  return smallest;
}

/** Only a request with a proper list of hubs can be answered with a foreign one. */
function properHubs({ linkedHubs }: JsonObject): readonly string[] | undefined {
  if (!Array.isArray(linkedHubs) || linkedHubs.length === 0) return undefined;
  const names = linkedHubs.filter((hub) => typeof hub === 'string' && hub !== '');
  return names.length === linkedHubs.length ? (names as readonly string[]) : undefined;
}

/** Several lanes run into the same fault; the shortest request tells it best. */
function smallestOfEach(findings: readonly Finding[]): readonly Finding[] {
  const best = new Map<string, Finding>();
  for (const finding of findings) {
    const key = finding.fault.rule === 'not-retried' ? finding.fault.detail : finding.fault.rule;
    const known = best.get(key);
    if (known === undefined || sizeOf(finding) < sizeOf(known)) best.set(key, finding);
  }
  return [...best.values()];
}

function sizeOf({ request }: Finding): number {
  return JSON.stringify(request).length;
}

function caseOf({ request, fault }: Finding, index: number, { url, showKeys }: CaseSettings): VerifyCase {
  return {
    id: `fuzz.${index + 1}`,
    title: 'A request with odd, huge or missing members is answered all the same.',
    requirement: fault.requirement,
    source: fault.source,
    outcome: 'failed',
    detail: fault.detail,
    faults: [fault],
    exchanges: [],
    request,
    reproduction: curlLine({ url, body: JSON.stringify(request), showKeys }),
  };
}
