/** What came of the mutants, as the command prints it and the suite asserts it. */

type MutantOutcome =
  /** The case that was named noticed what it had to notice. */
  | 'killed'
  /** The case passed: it does not prove what it says. */
  | 'survived'
  /** Nothing is known: the case fails without a mutant too, could not be run, or broke in another place. */
  | 'broken';

export interface MutantVerdict {
  readonly kind: 'emulator' | 'webhook';
  readonly id: string;
  readonly wrong: string;
  readonly reason: string;
  /** Id of a case; of a kind of request, after `verify `. */
  readonly killedBy: string;
  /** What had to break there. */
  readonly at: string;
  readonly outcome: MutantOutcome;
  /** What was noticed, or why nothing was. */
  readonly detail: string;
}

export interface MutantsVerdict {
  readonly kind: 'dps-emulator-mutants';
  readonly version: 1;
  readonly killed: number;
  readonly survived: number;
  readonly broken: number;
  /** 0 all killed, 1 a mutant survived, 2 something could not be judged. */
  readonly exitCode: 0 | 1 | 2;
  readonly realMs: number;
  readonly mutants: readonly MutantVerdict[];
}

export function mutantsVerdict(mutants: readonly MutantVerdict[], realMs: number): MutantsVerdict {
  const count = (outcome: MutantOutcome): number => mutants.filter((one) => one.outcome === outcome).length;
  const [survived, broken] = [count('survived'), count('broken')];
  return {
    kind: 'dps-emulator-mutants',
    version: 1,
    killed: count('killed'),
    survived,
    broken,
    exitCode: survived > 0 ? 1 : broken > 0 || mutants.length === 0 ? 2 : 0,
    realMs: Math.round(realMs),
    mutants,
  };
}
