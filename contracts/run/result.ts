/** What a run found, as every report shows it. Secrets are masked before it gets here. */

import type { Tone } from '../../emulator/wire/journal-entry.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';
import type { ContractCase } from '../case/case.ts';

export type CaseOutcome =
  | 'passed'
  /** The contract is broken. */
  | 'failed'
  /** It could not be run: nothing is known about the contract. */
  | 'error';

/** One place where what came differs from what was expected. */
export interface Mismatch {
  /** `expect.callsAtSeconds`, `steps[2].expect.status` */
  readonly path: string;
  /** Absent: nothing was expected there. */
  readonly expected?: JsonValue;
  /** Absent: nothing was there. */
  readonly actual?: JsonValue;
  /** What is wrong, where two values do not say it. */
  readonly says?: string;
}

export interface TimelineEntry {
  /** On the emulator's clock, from the start of the case. */
  readonly atSeconds: number;
  /** Registration id; absent for a step of the case. */
  readonly subject?: string;
  readonly text: string;
  /** How the emulator's journal sees it; absent for a step. */
  readonly tone?: Tone;
  /** Bodies and the like. */
  readonly detail?: string;
}

/** What a report repeats of the case itself. */
type CaseFacts = Pick<
  ContractCase,
  'id' | 'title' | 'requirement' | 'source' | 'confidence' | 'tags' | 'row' | 'covers'
>;

export interface CaseResult extends CaseFacts {
  readonly file: string;
  readonly line: number;
  readonly transport: DeviceTransport;
  readonly driver: string;
  readonly outcome: CaseOutcome;
  /** How many expectations were judged. */
  readonly checks: number;
  readonly mismatches: readonly Mismatch[];
  /** Why it could not be run. */
  readonly error?: string;
  readonly realMs: number;
  /** How far the emulator's clock went. */
  readonly virtualSeconds: number;
  readonly traceHash: string | null;
  readonly timeline: readonly TimelineEntry[];
  /** What each device came to, by its name in the case; only where it is asked for. */
  readonly said?: JsonObject;
}

export interface LeftOut {
  readonly id: string;
  /** Absent: on every transport. */
  readonly transport?: DeviceTransport;
  readonly why: string;
}

/** What reports call who plays the devices; a command is shown as it was given. */
export const BUILT_IN_DRIVER = 'built-in device';
export const SDK_DRIVER = 'official Node SDK';

export interface RunFacts {
  readonly seed: string;
  readonly driver: string;
  /** What was judged. */
  readonly target: string;
  /** The user's own webhook, its query masked. */
  readonly webhook?: string;
  readonly startedAt: string;
  readonly cases: number;
  readonly runs: number;
  readonly leftOut: readonly LeftOut[];
}

export interface Verdict extends RunFacts {
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly realMs: number;
  /** Over the traces of all runs: the same for the same seed. `null` where a target repeats nothing. */
  readonly traceHash: string | null;
  /** 0 passed, 1 a contract is broken, 2 something could not be run. */
  readonly exitCode: 0 | 1 | 2;
  readonly results: readonly CaseResult[];
}

/** What hears of a run, in this order. */
export interface Reporter {
  /** @throws when the report cannot be written: nothing has been run then */
  started?(facts: RunFacts): void | Promise<void>;
  /** One case, over each of its transports, as soon as all of them are known. */
  finished?(results: readonly CaseResult[]): void | Promise<void>;
  ended?(verdict: Verdict): void | Promise<void>;
}
