/** `dps-emulator contracts list`. */
import type { LoadedCase } from '../../contracts/index.ts';

import { paint, print, printJson } from '../terminal.ts';
import { chosenCases } from './usage-errors.ts';

interface ListFlags {
  readonly cases?: readonly string[];
  readonly json?: true;
}

export async function listCases(select: readonly string[], flags: ListFlags): Promise<void> {
  const chosen = await chosenCases(flags.cases, select);
  if (flags.json) printJson(chosen.map(listed));
  else for (const one of chosen) printCase(one);
}

function listed({ contract, file, line }: LoadedCase) {
  const { id, title, requirement, source, confidence, tags, row, covers, transports } = contract;
  return { id, title, requirement, source, confidence, tags, row, covers, transports, file, line };
}

function printCase({ contract }: LoadedCase): void {
  const { id, title, row, confidence, tags, transports } = contract;
  const facts = [...(row === undefined ? [] : [`row ${row}`]), confidence, transports.join(' '), tags.join(', ')];
  print(`${paint.strong(id)}  ${paint.faint(facts.filter((fact) => fact !== '').join(' · '))}`);
  print(`  ${title}`);
}
