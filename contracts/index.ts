/** The harness as a library: read cases, choose, run, report. */

export type { Address } from '../emulator/wire/address.ts';
export type { Confidence, ContractCase } from './case/case.ts';
export { CaseError, type CaseFault, describeFault } from './case/case-error.ts';
export { type LoadedCase, type LoadedCases, readCases } from './case/read-cases.ts';
export { DeviceProgramError } from './case-devices/program-case-device.ts';
export { CommandLineError } from './case-devices/split-words.ts';
export { type Coverage, type CoveredRow, coverageOf } from './coverage/coverage.ts';
export { driftLines } from './drift/drift-text.ts';
export { type Difference, type Drift, type DriftOptions, findDrift, type NotCompared } from './drift/find-drift.ts';
export { type ConsoleOptions, consoleReporter } from './reporters/console.ts';
export { htmlReporter } from './reporters/html.ts';
export { jsonReporter, ndjsonReporter, type VerdictDocument } from './reporters/json.ts';
export { junitReporter } from './reporters/junit.ts';
export { wrapped } from './reporters/words.ts';
export type { CaseResult, LeftOut, Mismatch, Reporter, RunFacts, Verdict } from './run/result.ts';
export { type Created, type RunOptions, runContracts } from './run/run-contracts.ts';
export { selectCases } from './run/select.ts';
export type { StartTarget } from './target/in-process.ts';
export { inProcessTarget } from './target/in-process.ts';
export { openTarget, TARGET_HELP, type TargetChoice } from './target/open-target.ts';
export { RunError } from './target/run-error.ts';
export type { Target } from './target/target.ts';
