/** A mutant: an emulator or a webhook that is wrong on purpose, in one way, and the case that has to notice. */
import type { Parts, Replace } from '../../emulator/internal-door.ts';
import type { ScriptFunction } from '../../webhook/stand-in/index.ts';

interface AnyMutant {
  /** Stable, unique: lower-case letters, digits, hyphens. */
  readonly id: string;
  /** What it does wrong, as the end of a sentence that begins with "An emulator that" or "A webhook that". */
  readonly wrong: string;
  /** Why somebody could get it wrong so, and what it would cost. */
  readonly reason: string;
  /** What breaks in the case: the beginning of a mismatch's path; in a verification, a rule. */
  readonly at: string;
}

export interface EmulatorMutant extends AnyMutant {
  /** A case of contracts/cases. */
  readonly killedBy: string;
  /** Called for each start, so that a mutant may remember something. */
  readonly replace: () => Replace;
}

export interface WebhookMutant extends AnyMutant {
  readonly killedBy: /** A kind of request of `verify`. */
    | { readonly verify: string }
    /** A case of contracts/cases that a webhook of one's own can be played against. */
    | { readonly contract: string };
  /** Called for each run, so that a mutant may remember something. */
  readonly script: () => ScriptFunction;
  /** Milliseconds that verification waits for an answer, where the mutant is slow. */
  readonly timeoutMs?: number;
}

/** Mutants by their ids, which the compiler keeps unique within a list. */
export function identified<Mutant extends AnyMutant>(
  mutants: Readonly<Record<string, Omit<Mutant, 'id'>>>,
): readonly Mutant[] {
  return Object.entries(mutants).map(([id, mutant]) => ({ id, ...mutant }) as Mutant);
}

/** One part replaced, all others as they are. */
export function replacing<Name extends keyof Parts>(name: Name, by: (part: Parts[Name]) => Parts[Name]): () => Replace {
  // A part that is asked for under the name has the type of that name, which the compiler cannot conclude.
  return () => (asked, part) =>
    (asked as string) === name ? (by(part as unknown as Parts[Name]) as unknown as typeof part) : part;
}

/** The same for the members of the core's ports. */
export function replacingPorts(by: (ports: Parts['ports']) => Partial<Parts['ports']>): () => Replace {
  return replacing('ports', (ports) => ({ ...ports, ...by(ports) }));
}
