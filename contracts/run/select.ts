/** Chooses cases by id, tag and row. */
import type { LoadedCase } from '../case/read-cases.ts';
import { RunError } from '../target/run-error.ts';

const SELECTOR_HELP = 'case id (* stands for anything), tag:NAME, or row:NUMBER';

/**
 * All cases when nothing is selected.
 * @throws {RunError} when a selector selects nothing: it would be a run that passes because nothing ran
 */
export function selectCases(cases: readonly LoadedCase[], selectors: readonly string[]): readonly LoadedCase[] {
  if (cases.length === 0) throw new RunError('there is no case');
  if (selectors.length === 0) return cases;
  const chosen = new Set<LoadedCase>();
  for (const selector of selectors) {
    const found = cases.filter((one) => isSelected(one, selector));
    if (found.length === 0) throw new RunError(`"${selector}" selects no case; a selector is a ${SELECTOR_HELP}`);
    for (const one of found) chosen.add(one);
  }
  // In the order of the files, whatever the order of the selectors.
  return cases.filter((one) => chosen.has(one));
}

function isSelected({ contract }: LoadedCase, selector: string): boolean {
  const [, kind, value = ''] = /^(tag|row):(.*)$/.exec(selector) ?? [];
  if (kind === 'tag') return contract.tags.includes(value);
  if (kind === 'row') return String(contract.row) === value;
  const pattern = selector.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(contract.id);
}
