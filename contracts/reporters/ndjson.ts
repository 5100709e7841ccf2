/** One JSON document a line, written as the run goes on: for programs that follow it. */
import type { FileHandle } from 'node:fs/promises';
import { openReportFile, type Reporter } from './reporter.ts';

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
