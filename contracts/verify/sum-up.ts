/** From the cases to one verdict, an exit code, and a sentence on what to do. */
import type { CaseOutcome, VerifyCase, VerifyDocument, VerifySummary } from './verdict.ts';

export function verdictOf(cases: readonly VerifyCase[]): Pick<VerifyDocument, 'verdict' | 'exitCode' | 'reason'> {
  const failed = count(cases, 'failed');
  if (failed > 0) return { verdict: 'faults', exitCode: 1, reason: faultsReason(cases, failed) };
  if (count(cases, 'passed') === 0) {
    return {
      verdict: 'could-not-run',
      exitCode: 2,
      reason: `Every request was refused (${statusesOf(cases)}), so nothing was judged. Pass --registration-id or --hub with names that your webhook knows, or your own rules with --expect.`,
    };
  }
  const refused = count(cases, 'refused');
  return {
    verdict: 'passed',
    exitCode: 0,
    reason: `${cases.length - refused} kinds of request were answered as DPS needs it; ${refused} were refused, which is no fault.`,
  };
}

function statusesOf(cases: readonly VerifyCase[]): string {
  const statuses = cases.flatMap((one) => one.exchanges.map(({ status }) => status ?? 0));
  return [...new Set(statuses)].sort((one, other) => one - other).join(', ');
}

function faultsReason(cases: readonly VerifyCase[], failed: number): string {
  const answered = cases.filter((one) => one.exchanges.length > 0);
  const isLockedOut = answered.every((one) => one.exchanges.every((exchange) => exchange.status === 401));
  if (isLockedOut) {
    return 'Every request was answered 401: the URL has no function key, or not the right one. Append ?code=… to --webhook.';
  }
  const silent = count(cases, 'not-run') > 0 ? ' Given up after three requests without an answer in time.' : '';
  return `${failed} of ${cases.length} kinds of request were answered in a way that breaks a rule.${silent}`;
}

export function summaryOf(cases: readonly VerifyCase[], requests: number, durationMs: number): VerifySummary {
  return {
    cases: cases.length,
    passed: count(cases, 'passed'),
    refused: count(cases, 'refused'),
    failed: count(cases, 'failed'),
    notRun: count(cases, 'not-run'),
    requests,
    durationMs,
  };
}

function count(cases: readonly VerifyCase[], outcome: CaseOutcome): number {
  return cases.filter((one) => one.outcome === outcome).length;
}
