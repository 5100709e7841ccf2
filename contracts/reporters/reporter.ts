/** What a report hears of a run, in this order. */
import type { CaseResult, RunFacts, Verdict } from '../run/result.ts';

export interface Reporter {
  /** @throws when the report cannot be written: nothing has been run then */
  started?(facts: RunFacts): void | Promise<void>;
  /** One case, over each of its transports, as soon as all of them are known. */
  finished?(results: readonly CaseResult[]): void | Promise<void>;
  ended?(verdict: Verdict): void | Promise<void>;
}
