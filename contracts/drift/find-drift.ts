/** Plays the same cases against two targets, and tells where they differ. */
import { randomBytes } from 'node:crypto';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import { isJsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { LoadedCase } from '../case/read-cases.ts';
import type { CaseOutcome, CaseResult, Verdict } from '../run/result.ts';
import { type RunOptions, runContracts } from '../run/run-contracts.ts';
import type { Target } from '../target/target.ts';
import { normalise } from './normalise.ts';

/** One place where the two said something else; absent: one of them said nothing there. */
export interface SaidOtherwise {
  /** `device.replies[1].body.status` */
  readonly path: string;
  readonly a?: JsonValue;
  readonly b?: JsonValue;
}

export interface Difference {
  readonly id: string;
  readonly title: string;
  readonly transport: DeviceTransport;
  readonly outcomes: { readonly a: CaseOutcome; readonly b: CaseOutcome };
  readonly said: readonly SaidOtherwise[];
}

export interface NotCompared {
  readonly id: string;
  readonly transport: DeviceTransport;
  readonly why: string;
}

export interface Drift {
  readonly kind: 'dps-emulator-drift';
  readonly version: 1;
  readonly targets: { readonly a: string; readonly b: string };
  readonly seed: string;
  readonly same: number;
  readonly differences: readonly Difference[];
  readonly notCompared: readonly NotCompared[];
  /** 0 the same, 1 a difference, 2 something could not be compared. */
  readonly exitCode: 0 | 1 | 2;
  readonly realMs: number;
}

export interface DriftOptions extends Omit<RunOptions, 'target' | 'startTarget' | 'keepSaid'> {
  readonly a: Target;
  readonly b: Target;
}

/** @throws what `runContracts` throws, for either of the two */
export async function findDrift(selected: readonly LoadedCase[], { a, b, ...options }: DriftOptions): Promise<Drift> {
  const { seed = randomBytes(4).toString('hex') } = options;
  const startedMs = performance.now();
  const runOf = (target: Target): Promise<Verdict> =>
    runContracts(selected, { ...options, seed, target, keepSaid: true });
  // One after the other: the webhook has one address, and the two may be one emulator.
  const [of, against] = [await runOf(a), await runOf(b)];
  const differences: Difference[] = [];
  const notCompared: NotCompared[] = [];
  let same = 0;
  for (const { id, transport } of pairsOf(selected, of, against)) {
    const [one, other] = [resultOf(of, id, transport), resultOf(against, id, transport)];
    const why = whyNot('A', one, of, id) ?? whyNot('B', other, against, id);
    if (one === undefined || other === undefined || why !== undefined) {
      notCompared.push({ id, transport, why: why ?? 'was not run' });
      continue;
    }
    const said = otherwise(normalise(one.said ?? {}), normalise(other.said ?? {}), '');
    if (said.length === 0 && one.outcome === other.outcome) same += 1;
    else {
      const outcomes = { a: one.outcome, b: other.outcome };
      differences.push({ id, title: one.title, transport, outcomes, said });
    }
  }
  const hasErrors = [...of.results, ...against.results].some(({ outcome }) => outcome === 'error');
  const isIncomplete = hasErrors || same + differences.length === 0;
  return {
    kind: 'dps-emulator-drift',
    version: 1,
    targets: { a: a.name, b: b.name },
    seed,
    same,
    differences,
    notCompared,
    exitCode: differences.length > 0 ? 1 : isIncomplete ? 2 : 0,
    realMs: Math.round(performance.now() - startedMs),
  };
}

interface Pair {
  readonly id: string;
  readonly transport: DeviceTransport;
}

/** What one of the two has run; a case that neither has is named over every transport that it has. */
function pairsOf(selected: readonly LoadedCase[], of: Verdict, against: Verdict): readonly Pair[] {
  return selected.flatMap(({ contract: { id, transports } }) => {
    const ran = transports.filter((one) => resultOf(of, id, one) ?? resultOf(against, id, one));
    return (ran.length > 0 ? ran : transports).map((transport) => ({ id, transport }));
  });
}

function resultOf({ results }: Verdict, id: string, transport: DeviceTransport): CaseResult | undefined {
  return results.find((one) => one.id === id && one.transport === transport);
}

function whyNot(name: 'A' | 'B', result: CaseResult | undefined, verdict: Verdict, id: string): string | undefined {
  if (result?.outcome === 'error') return `could not be run at ${name}: ${result.error ?? ''}`;
  if (result !== undefined) return undefined;
  const why = verdict.leftOut.find((one) => one.id === id)?.why ?? 'was not run over this transport';
  return `at ${name}: ${why}`;
}

/** Leaf by leaf, so that a single member is told and not the whole. */
function otherwise(a: JsonValue | undefined, b: JsonValue | undefined, path: string): readonly SaidOtherwise[] {
  if (isJsonObject(a) && isJsonObject(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names.flatMap((name) => otherwise(a[name], b[name], path === '' ? name : `${path}.${name}`));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const [inA, inB]: readonly (readonly JsonValue[])[] = [a, b];
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, index) => otherwise(inA?.[index], inB?.[index], `${path}[${index}]`)).flat();
  }
  if (Object.is(a, b)) return [];
  return [{ path, ...(a !== undefined && { a }), ...(b !== undefined && { b }) }];
}
