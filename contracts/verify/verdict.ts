/** The document that a verification comes to: what `--json` prints and what reporters render. */

import type { CSdkResultName } from '../../device/c-sdk-result.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import type { Confidence } from '../case/case.ts';
import type { RuleId } from './rules.ts';

/** `refused`: a status of 300 to 428 other than 401, which is the webhook's right. `not-run`: given up before it. */
export type CaseOutcome = 'passed' | 'refused' | 'failed' | 'not-run';

export interface Fault {
  readonly rule: RuleId;
  readonly requirement: string;
  readonly source: string;
  readonly confidence: Confidence;
  readonly detail: string;
}

/** What DPS makes of one answer. */
export interface DpsView {
  readonly outcome: 'assigned' | '400207' | '400208' | '400209' | 'retried';
  /** Why, in words for the owner of the webhook. */
  readonly reason: string;
}

/** What the device sees at its next poll. */
export interface DeviceView {
  readonly status: 'assigned' | 'assigning' | 'failed';
  readonly assignedHub?: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  /** What the Azure IoT C SDK reports after the same bytes; null while it keeps polling. */
  readonly cSdkResult: CSdkResultName | null;
}

export interface Exchange {
  readonly sent: 'first' | 'again' | 'reordered';
  /** Absent when there was no HTTP answer; `failure` says why then. */
  readonly status?: number;
  readonly failure?: string;
  /** The answer's body, or the words of the failure, shortened. */
  readonly answer: string;
  readonly durationMs: number;
  readonly dps: DpsView;
  readonly device: DeviceView;
}

export interface VerifyCase {
  readonly id: string;
  readonly title: string;
  /** Of the first rule that was broken; otherwise of the kind of request. */
  readonly requirement: string;
  readonly source: string;
  readonly outcome: CaseOutcome;
  /** One sentence on the outcome. */
  readonly detail: string;
  readonly faults: readonly Fault[];
  readonly exchanges: readonly Exchange[];
  readonly request?: JsonValue;
  /** A `curl` line that sends the request; only where something is to be reproduced. */
  readonly reproduction?: string;
}

export interface FuzzReport {
  readonly requests: number;
  readonly seed: number;
  /** HTTP requests that were sent, those for shrinking included. */
  readonly sent: number;
  /** Why it was not run to its end. */
  readonly cutShort?: string;
}

export interface VerifySummary {
  readonly cases: number;
  readonly passed: number;
  readonly refused: number;
  readonly failed: number;
  readonly notRun: number;
  readonly requests: number;
  readonly durationMs: number;
}

export interface VerifyDocument {
  readonly kind: 'dps-emulator-verify';
  readonly version: 1;
  /** Without its secrets. */
  readonly webhook: string;
  readonly verdict: 'passed' | 'faults' | 'could-not-run';
  readonly exitCode: 0 | 1 | 2;
  /** One sentence on the verdict, and what to do about it. */
  readonly reason: string;
  readonly settings: {
    readonly timeoutMs: number;
    readonly registrationIds: readonly string[];
    readonly hubs: readonly string[];
  };
  readonly summary: VerifySummary;
  /** In the order of the catalogue; findings of the fuzzer stand last. */
  readonly cases: readonly VerifyCase[];
  readonly fuzz?: FuzzReport;
}
