/** The harness as a library: read cases, choose, run, report. */
export type { Confidence, ContractCase } from './case/case.ts';
export { CaseError, type CaseFault, describeFault } from './case/case-error.ts';
export { type LoadedCase, type LoadedCases, readCases } from './case/read-cases.ts';
export { DeviceProgramError } from './case-devices/program-case-device.ts';
export { CommandLineError } from './case-devices/split-words.ts';
export { type Coverage, type CoveredRow, coverageOf } from './coverage/coverage.ts';
export { type ConsoleOptions, consoleReporter } from './reporters/console.ts';
export { htmlReporter } from './reporters/html.ts';
export { jsonReporter, ndjsonReporter, type VerdictDocument } from './reporters/json.ts';
export { junitReporter } from './reporters/junit.ts';
export type { CaseResult, LeftOut, Mismatch, Reporter, RunFacts, Verdict } from './run/result.ts';

export { type RunOptions, runContracts } from './run/run-contracts.ts';
export { RunError } from './run/run-error.ts';
export { selectCases } from './run/select.ts';
export type { StartTarget } from './target/in-process.ts';
