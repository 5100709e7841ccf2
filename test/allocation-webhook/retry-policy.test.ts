import { describe, expect, it } from 'vitest';
import { decideRetry } from '../../emulator/allocation-webhook/retry-policy.ts';
import { resolveAssumptions } from '../../emulator/core/assumptions.ts';
import type { WebhookOutcome } from '../../emulator/core/ports.ts';

const assumptions = resolveAssumptions();
const answered = (status: number): WebhookOutcome => ({ kind: 'response', status, body: '' });

describe('the retry policy [dps-service-behaviour §1.7]', () => {
  it('waits 1 s, then 9 s more each time, ten times, and stops', () => {
    const waits: number[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const decision = decideRetry(answered(429), attempt, assumptions);
      if (decision.kind === 'stop') break;
      waits.push(decision.afterMs);
    }
    expect(waits).toEqual([1, 10, 19, 28, 37, 46, 55, 64, 73, 82].map((seconds) => seconds * 1000));
    expect(waits.reduce((sum, wait) => sum + wait)).toBe(415_000);
  });

  it.each([200, 201, 204, 301, 307, 400, 401, 403, 404, 408, 428])('takes %i for an answer', (status) => {
    expect(decideRetry(answered(status), 1, assumptions)).toEqual({ kind: 'stop' });
  });

  it.each([429, 430, 431, 451, 499, 500, 502, 503, 504, 599])('tries again after %i and says why', (status) => {
    expect(decideRetry(answered(status), 1, assumptions)).toMatchObject({ because: `status ${status}` });
  });

  it.each(['timeout', 'refused', 'dns', 'tls', 'dropped', 'garbage'] as const)('tries again after %s', (failure) => {
    const outcome: WebhookOutcome = { kind: 'no-response', failure, detail: '' };
    expect(decideRetry(outcome, 1, assumptions)).toMatchObject({ kind: 'retry', because: failure });
    expect(decideRetry(outcome, 1, resolveAssumptions({ [`webhook-${failure}`]: 'fail' }))).toEqual({ kind: 'stop' });
  });

  it('takes an answer that is too large for an answer', () => {
    const outcome: WebhookOutcome = { kind: 'no-response', failure: 'too-large', detail: '' };
    expect(decideRetry(outcome, 1, assumptions)).toEqual({ kind: 'stop' });
  });
});
