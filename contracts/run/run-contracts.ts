/** Runs contract cases: plans, plays them side by side, tells reporters, and gives the verdict. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { sdkAvailable } from '../../device/sdk-device.ts';
import { maskQuery } from '../../emulator/wire/mask.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import type { LoadedCase } from '../case/read-cases.ts';
import { checkCommand, createCommandProgram } from '../case-devices/command-program.ts';
import type { DeviceProgram } from '../case-devices/program-case-device.ts';
import { createSdkProgram, requireSdk, type SdkProgram } from '../case-devices/sdk-program.ts';
import { inProcessTarget, type StartTarget } from '../target/in-process.ts';
import { RunError } from '../target/run-error.ts';
import type { Target } from '../target/target.ts';
import { compareTraces } from './compare-traces.ts';
import { type DriverKind, type PlannedCase, planRun, requireResults } from './plan.ts';
import { requireReachable } from './reachable.ts';
import { BUILT_IN_DRIVER, type CaseResult, type Reporter, type RunFacts, SDK_DRIVER, type Verdict } from './result.ts';
import { type RanCase, runCase } from './run-case.ts';
import { hashOf } from './trace-hash.ts';

export interface RunOptions {
  /** Default: a random one, printed. */
  readonly seed?: string | undefined;
  readonly transports?: readonly DeviceTransport[] | undefined;
  /** Called instead of the webhooks that the cases give. */
  readonly webhook?: string | undefined;
  /** PEM file with the CA of an https webhook. */
  readonly webhookCa?: string | undefined;
  /** Default: the built-in device. */
  readonly driver?: 'wire' | 'sdk' | undefined;
  /** A command that plays every device: `./device --host {host} --port {port} …`. */
  readonly deviceCommand?: string | undefined;
  /** Cases at a time. Default: as many as there are cores. */
  readonly jobs?: number | undefined;
  /** Real milliseconds for each case. Default 30,000. */
  readonly caseTimeoutMs?: number | undefined;
  readonly reporters?: readonly Reporter[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is judged, and closed at the end. Default: this package's emulator, in this process. */
  readonly target?: Target | undefined;
  /** Asked before anything is made at a target that is not the user's alone; `false` ends the run. */
  readonly confirm?: ((created: readonly Created[]) => Promise<boolean>) | undefined;
  /** Whether results tell what each device was answered. */
  readonly keepSaid?: boolean | undefined;
  /** Starts the emulators in place of this package's own. */
  readonly startTarget?: StartTarget | undefined;
}

const CASE_TIMEOUT_MS = 30_000;

/** What a case will make at the target. */
export interface Created {
  readonly id: string;
  readonly transport: DeviceTransport;
  readonly what: readonly string[];
}

/**
 * @param selected what `selectCases` gave
 * @throws {RunError} when the run cannot begin
 * @throws {CommandLineError} when the device's command is wrong
 * @throws {DeviceProgramError} when the SDK is asked for and not installed
 */
export async function runContracts(selected: readonly LoadedCase[], options: RunOptions = {}): Promise<Verdict> {
  const { seed = randomBytes(4).toString('hex'), deviceCommand, webhook, reporters = [] } = options;
  const driver: DriverKind = deviceCommand === undefined ? (options.driver ?? 'wire') : 'command';
  if (deviceCommand !== undefined) checkCommand(deviceCommand);
  if (driver === 'sdk') await requireSdk();
  const target = options.target ?? inProcessTarget(options.startTarget);
  const plan = planRun(selected, {
    target,
    driver,
    transports: options.transports,
    hasOwnWebhook: webhook !== undefined,
    hasSdk: await sdkAvailable(),
  });
  if (webhook !== undefined) await requireReachable(webhook);
  await requireConsent(target, plan.cases, options.confirm);

  const programs = createPrograms(driver, deviceCommand);
  const facts: RunFacts = {
    seed,
    driver: programs.name,
    target: target.name,
    ...(webhook !== undefined && { webhook: maskQuery(webhook) }),
    startedAt: new Date().toISOString(),
    cases: plan.cases.length,
    runs: plan.cases.reduce((sum, { transports }) => sum + transports.length, 0),
    leftOut: plan.leftOut,
  };
  const startedMs = performance.now();
  for (const reporter of reporters) await reporter.started?.(facts);
  const { results, notClosed } = await playAll(plan.cases, { options, seed, target, programs });
  requireResults(plan, results);
  const verdict = verdictOf(facts, inOrder(results, plan.cases), {
    realMs: performance.now() - startedMs,
    isRepeatable: target.isRepeatable,
  });
  for (const reporter of reporters) await reporter.ended?.(verdict);
  // The results stand; that the target is not as it was is told as well.
  if (notClosed !== undefined) throw notClosed;
  return verdict;
}

interface Playing {
  readonly options: RunOptions;
  readonly seed: string;
  readonly target: Target;
  readonly programs: Programs;
}

interface PlayedAll {
  readonly results: readonly CaseResult[];
  /** Why the target is not as it was. */
  readonly notClosed?: unknown;
}

async function playAll(cases: readonly PlannedCase[], playing: Playing): Promise<PlayedAll> {
  const { target, programs, options } = playing;
  const results: CaseResult[] = [];
  const runOne = async (planned: PlannedCase): Promise<void> => {
    const found = await playOne(planned, playing);
    results.push(...found);
    for (const reporter of options.reporters ?? []) await reporter.finished?.(found);
  };
  let notClosed: unknown;
  try {
    await target.begin();
    const jobs = options.jobs ?? availableParallelism();
    await sideBySide(cases, Math.min(jobs, target.jobsMax ?? jobs), runOne);
  } finally {
    await programs.stop();
    await target.close().catch((error: unknown) => {
      notClosed = error;
    });
  }
  return { results, notClosed };
}

/** One case, over each of its transports. */
async function playOne(
  { loaded, transports }: PlannedCase,
  { options, seed, target, programs }: Playing,
): Promise<readonly CaseResult[]> {
  const { webhook, webhookCa, keepSaid = false, caseTimeoutMs = CASE_TIMEOUT_MS } = options;
  const { signal = new AbortController().signal } = options;
  const ran: RanCase[] = [];
  for (const transport of transports) {
    if (signal.aborted) throw new RunError('interrupted');
    const { name: driver, ofRun: program, sdk } = programs;
    const where = { transport, seed, driver, target, ownWebhook: webhook, webhookCa, program, sdk };
    ran.push(await runCase(loaded, { ...where, keepSaid, caseTimeoutMs, signal }));
  }
  const compared = loaded.contract.expect.traceEqualAcrossTransports === true ? compareTraces(ran) : ran;
  return compared.map(({ result }) => result);
}

async function requireConsent(
  { creates, name }: Target,
  cases: readonly PlannedCase[],
  confirm: RunOptions['confirm'],
): Promise<void> {
  if (creates === undefined) return;
  const created = cases.flatMap(({ loaded: { contract }, transports }) =>
    transports.map((transport) => ({ id: contract.id, transport, what: creates(contract, transport) })),
  );
  if ((await confirm?.(created)) !== true) throw new RunError(`${name}: nothing was made, for nobody has agreed to it`);
}

interface Programs {
  readonly name: string;
  readonly ofRun: ((caPath: string) => DeviceProgram) | undefined;
  readonly sdk: (caPath: string) => DeviceProgram;
  stop(): Promise<void>;
}

/** All emulators of an installation share its CA, so one SDK process serves all cases. */
function createPrograms(driver: DriverKind, command: string | undefined): Programs {
  let started: SdkProgram | undefined;
  const sdk = (caPath: string): DeviceProgram => {
    started ??= createSdkProgram(caPath);
    return started;
  };
  const stop = async (): Promise<void> => started?.stop();
  if (command !== undefined) {
    // The words, not their values: what is filled in for {key} is a secret.
    const ofRun = (caPath: string): DeviceProgram => createCommandProgram({ command, caPath });
    return { name: `command: ${command}`, ofRun, sdk, stop };
  }
  if (driver === 'sdk') return { name: SDK_DRIVER, ofRun: sdk, sdk, stop };
  return { name: BUILT_IN_DRIVER, ofRun: undefined, sdk, stop };
}

async function sideBySide<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  // Every worker is waited for, so that nothing still runs when the first error is told.
  const ended = await Promise.allSettled(Array.from({ length: Math.max(1, width) }, worker));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** As planned, whichever case ended first. */
function inOrder(results: readonly CaseResult[], cases: readonly PlannedCase[]): readonly CaseResult[] {
  return cases.flatMap(({ loaded }) => results.filter(({ id }) => id === loaded.contract.id));
}

function verdictOf(
  facts: RunFacts,
  results: readonly CaseResult[],
  { realMs, isRepeatable }: { readonly realMs: number; readonly isRepeatable: boolean },
): Verdict {
  const count = (outcome: CaseResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
  const [failed, errors] = [count('failed'), count('error')];
  return {
    ...facts,
    passed: count('passed'),
    failed,
    errors,
    realMs: Math.round(realMs),
    traceHash: isRepeatable ? hashOf(results.map(({ id, transport, traceHash }) => [id, transport, traceHash])) : null,
    exitCode: failed > 0 ? 1 : errors > 0 ? 2 : 0,
    results,
  };
}
