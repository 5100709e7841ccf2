/** Writes the page of a run. */
import type { FileHandle } from 'node:fs/promises';
import { htmlPage } from './html-page.ts';
import { openReportFile } from './report-file.ts';
import type { Reporter } from './reporter.ts';

export function htmlReporter(path: string): Reporter {
  let file: FileHandle | undefined;
  return {
    started: async () => {
      file = await openReportFile('--html', path);
    },
    ended: async (verdict) => {
      await file?.writeFile(htmlPage(verdict));
      await file?.close();
    },
  };
}
