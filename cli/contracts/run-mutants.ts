/** `dps-emulator contracts mutants`. */
import { judgeMutants, type MutantVerdict, WRONG_EMULATORS, WRONG_WEBHOOKS } from '../../contracts/mutants/index.ts';
import { io } from '../io.ts';
import { paint, print, printable, printJson } from '../terminal.ts';

export async function runMutants({ json }: { readonly json?: true }): Promise<void> {
  const verdict = await judgeMutants({
    emulators: WRONG_EMULATORS,
    webhooks: WRONG_WEBHOOKS,
    ...(json === undefined && { judged: printMutant }),
  });
  io().exitCode = verdict.exitCode;
  if (json) return printJson(verdict);
  const { killed, survived, broken, realMs } = verdict;
  const counts = `${killed} killed, ${survived} survived, ${broken} could not be judged, in ${realMs / 1000} s`;
  print(`\n${verdict.exitCode === 0 ? paint.good(counts) : paint.bad(counts)}`);
}

const signs = () => ({ killed: paint.good('✓'), survived: paint.bad('✗'), broken: paint.bad('?') });

function printMutant({ id, kind, wrong, reason, killedBy, outcome, detail }: MutantVerdict): void {
  print(`${signs()[outcome]} ${paint.strong(id)}  ${kind === 'emulator' ? 'An emulator' : 'A webhook'} that ${wrong}.`);
  if (outcome === 'killed') {
    print(`  ${paint.faint(`killed by ${killedBy}: ${printable(detail)}`)}`);
    return;
  }
  const verb = outcome === 'survived' ? 'survived' : 'could not be judged by';
  print(`  ${paint.bad(verb)} ${killedBy}: ${printable(detail)}`);
  print(`  ${reason}`);
}
