/** The run as JSON, for programs: the verdict as one document, or a document a line as the run goes on. */
import type { FileHandle } from 'node:fs/promises';
import type { CaseResult, Reporter, Verdict } from '../run/result.ts';
import { openReportFile } from './reporter.ts';

export type VerdictDocument = Omit<Verdict, 'results'> & {
  readonly results: readonly (Omit<CaseResult, 'timeline'> & Partial<Pick<CaseResult, 'timeline'>>)[];
};

/** The story is told of what did not pass. */
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

export function ndjsonReporter(path: string): Reporter {
  let file: FileHandle | undefined;
  const write = async (event: string, members: object): Promise<void> => {
    await file?.write(`${JSON.stringify({ event, ...members })}\n`);
  };
  return {
    started: async (facts) => {
      file = await openReportFile('--ndjson', path);
      await write('run-started', facts);
    },
    finished: async (results) => {
      for (const result of results) await write('case-finished', result);
    },
    ended: async ({ results: _toldAlready, ...verdict }) => {
      await write('run-ended', verdict);
      await file?.close();
    },
  };
}
