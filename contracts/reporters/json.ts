/** The verdict as one JSON document; the story is told of what did not pass. */
import type { CaseResult, Verdict } from '../run/result.ts';
import type { Reporter } from './reporter.ts';

export type VerdictDocument = Omit<Verdict, 'results'> & {
  readonly results: readonly (Omit<CaseResult, 'timeline'> & Partial<Pick<CaseResult, 'timeline'>>)[];
};

export function jsonReporter(print: (document: VerdictDocument) => void): Reporter {
  return {
    ended: ({ results, ...verdict }) =>
      print({
        ...verdict,
        results: results.map(({ timeline, ...result }) => ({
          ...result,
          ...(result.outcome !== 'passed' && { timeline }),
        })),
      }),
  };
}
