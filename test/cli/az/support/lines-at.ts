/** Lines of one group of verbs that all have some words in common. */
import type { Ran } from '../../support/in-process.ts';
import type { AzShell } from './az-line.ts';

export interface LinesAt {
  /** A line that must end well; its JSON. */
  line(verb: string, ...words: readonly string[]): Promise<unknown>;
  /** A line as it ends. */
  fails(verb: string, ...words: readonly string[]): Promise<Ran>;
}

/** @param common words that stand behind every verb */
export function linesAt({ az, json }: AzShell, group: readonly string[], common: readonly string[]): LinesAt {
  return {
    line: (verb, ...words) => json(...group, verb, ...common, ...words),
    fails: (verb, ...words) => az(...group, verb, ...common, ...words),
  };
}
