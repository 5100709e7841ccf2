/** Runs one case over one transport: plays its steps, judges what came of them, and leaves nothing behind. */
import { createMasker, type Masker } from '../../emulator/wire/mask.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import type { Expect } from '../case/case.ts';
import type { LoadedCase } from '../case/read-cases.ts';
import { DeviceProgramError } from '../case-devices/program-case-device.ts';
import type { TargetCase } from '../target/target.ts';
import { type ExpectContext, judge } from './check-expect.ts';
import { disagreements, type Observation, observe, whatWasSaid } from './observe.ts';
import { playSteps } from './play-steps.ts';
import type { CaseResult, Mismatch, TimelineEntry } from './result.ts';
import { createTimeline, type TimelineWriter } from './timeline.ts';
import { caseSeed, hashOf } from './trace-hash.ts';
import { keysIn, openWorld, type World, type WorldOptions } from './world.ts';

export interface RunCaseOptions extends Omit<WorldOptions, 'contract' | 'seed' | 'masker'> {
  /** The run's; the case derives its own from it. */
  readonly seed: string;
  readonly driver: string;
  /** Whether the result tells what each device was answered. */
  readonly keepSaid: boolean;
  /** Real milliseconds for the case. */
  readonly caseTimeoutMs: number;
}

/** What a case came to, with the trace for comparing transports. */
export interface RanCase {
  readonly result: CaseResult;
  readonly trace: JsonValue;
}

interface Played {
  readonly checks: number;
  readonly mismatches: readonly Mismatch[];
  readonly error?: string;
  readonly virtualSeconds: number;
  readonly timeline: readonly TimelineEntry[];
  readonly trace: JsonValue;
  readonly said?: JsonValue;
}

export async function runCase(loaded: LoadedCase, options: RunCaseOptions): Promise<RanCase> {
  const masker = createMasker();
  const startedMs = performance.now();
  // A target that cannot even be stopped ends its own case, and not the run.
  const played = await play(loaded, options, masker).catch((error: unknown): Played => {
    return { ...NOTHING, error: messageOf(error) };
  });
  const { contract, file, line } = loaded;
  const { id, title, requirement, source, confidence, tags, row, covers } = contract;
  const outcome = played.error !== undefined ? 'error' : played.mismatches.length > 0 ? 'failed' : 'passed';
  const found = masker.json({
    mismatches: played.mismatches as unknown as JsonValue,
    timeline: played.timeline as unknown as JsonValue,
    ...(played.said !== undefined && { said: played.said }),
  }) as unknown as Pick<CaseResult, 'mismatches' | 'timeline' | 'said'>;
  return {
    trace: played.trace,
    result: {
      id,
      title,
      requirement,
      source,
      confidence,
      tags,
      ...(row !== undefined && { row }),
      covers,
      file,
      line,
      transport: options.transport,
      driver: options.driver,
      outcome,
      checks: played.checks,
      ...(played.error !== undefined && { error: masker.text(played.error) }),
      realMs: Math.round((performance.now() - startedMs) * 10) / 10,
      virtualSeconds: played.virtualSeconds,
      traceHash: played.trace === null ? null : hashOf(played.trace),
      ...found,
    },
  };
}

const NOTHING = { checks: 0, mismatches: [], virtualSeconds: 0, timeline: [], trace: null } as const;

async function play({ contract }: LoadedCase, options: RunCaseOptions, masker: Masker): Promise<Played> {
  const seed = caseSeed(options.seed, contract.id);
  let world: World;
  try {
    world = await openWorld({ ...options, contract, seed, masker });
  } catch (error) {
    return { ...NOTHING, error: messageOf(error) };
  }
  // Whatever happens in it: what was made for the case goes with it.
  const played = await playIn(world, options, masker).finally(() => world.stop());
  const { inWordsOfCase } = world.at;
  // Names of its own at the target would say nothing to whoever reads the case.
  const words = { mismatches: played.mismatches, timeline: played.timeline, said: played.said ?? null };
  const { said, ...told } = inWordsOfCase(words as unknown as JsonValue) as unknown as typeof words;
  return { ...played, ...told, ...(played.said !== undefined && { said }) };
}

async function playIn(world: World, options: RunCaseOptions, masker: Masker): Promise<Played> {
  const { at } = world;
  const timeline = createTimeline(() => at.clock.now());
  const stopListening = at.journal.subscribe((registrationId, entry) => timeline.event(registrationId, entry));
  try {
    return await playAndJudge(world, options, { masker, timeline });
  } finally {
    stopListening();
  }
}

interface Told {
  readonly masker: Masker;
  readonly timeline: TimelineWriter;
}

async function playAndJudge(world: World, options: RunCaseOptions, { masker, timeline }: Told): Promise<Played> {
  const { at } = world;
  const { contract } = at;
  const startMs = at.clock.now();
  const onStep = async (text: string): Promise<void> => {
    await at.journal.catchUp();
    timeline.step(text);
  };
  const judged: { checks: number; mismatches: Mismatch[] } = { checks: 0, mismatches: [] };
  const judgeNow = async (expect: Expect, path: string): Promise<void> => {
    const { checks, mismatches } = judge(expect, path, {
      observations: await observeAll(world),
      hubDevices: await hubDevicesOf(expect, at),
      keyOf: (name) => world.devices.get(name)?.key,
    });
    judged.checks += checks;
    judged.mismatches.push(...mismatches);
  };
  let error: string | undefined;
  try {
    await withTimeLimit(options, async (signal) => {
      await playSteps(contract.steps, { world, signal, onStep, onExpect: judgeNow });
      await judgeNow(contract.expect, 'expect');
    });
  } catch (thrown) {
    if (thrown instanceof TimeLimitError) {
      const held = (await at.clock.running()).join(', ') || 'nothing';
      judged.mismatches.push({ path: 'steps', says: `${thrown.message}; what still runs at the service: ${held}` });
    } else error = messageOf(thrown);
  }
  judged.mismatches.push(...(await alwaysWrong(world)));
  masker.add(keysIn(await at.setUp()));
  const said = options.keepSaid ? whatWasSaid(await observeAll(world)) : undefined;
  await at.journal.catchUp();
  return {
    ...judged,
    ...(error !== undefined && { error }),
    virtualSeconds: (at.clock.now() - startMs) / 1000,
    trace: await at.trace(),
    timeline: timeline.entries(),
    ...(said !== undefined && { said }),
  };
}

async function hubDevicesOf({ hubDevices = {} }: Expect, at: TargetCase): Promise<ExpectContext['hubDevices']> {
  const hubs = Object.keys(hubDevices).map(async (hub) => [hub, (await at.hubDevices(hub))?.toSorted()] as const);
  return new Map(await Promise.all(hubs));
}

async function observeAll(world: World): Promise<ReadonlyMap<string, Observation>> {
  const entries = [...world.devices].map(async ([name, device]) => {
    return [name, await observe(device, world.at, world.webhook)] as const;
  });
  return new Map(await Promise.all(entries));
}

/** What breaks any contract, whatever the case expects. */
async function alwaysWrong(world: World): Promise<readonly Mismatch[]> {
  const mismatches: Mismatch[] = world.at.bugs.map((bug) => ({ path: 'target', says: `internal error in ${bug}` }));
  for (const [name, seen] of await observeAll(world)) {
    const { strayMessages } = seen.facts;
    if (strayMessages > 0) {
      mismatches.push({ path: `devices.${name}`, says: `got ${strayMessages} message(s) that it had not asked for` });
    }
    const status = seen.lastReply?.status ?? 0;
    if (status >= 500) mismatches.push({ path: `devices.${name}`, says: `the target answered ${status}` });
    mismatches.push(...disagreements(seen).map((says) => ({ path: `devices.${name}`, says })));
  }
  return mismatches;
}

class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

async function withTimeLimit(
  { caseTimeoutMs, signal }: RunCaseOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new TimeLimitError(`did not end within ${caseTimeoutMs / 1000} s`));
  }, caseTimeoutMs);
  const both = AbortSignal.any([signal, limit.signal]);
  const aborted = new Promise<never>((_resolve, reject) => {
    if (both.aborted) reject(both.reason);
    both.addEventListener('abort', () => reject(both.reason));
  });
  // The loser of the race ends when its emulator stops; its error is nobody's business then.
  const working = work(both);
  working.catch(() => undefined);
  aborted.catch(() => undefined);
  try {
    await Promise.race([working, aborted]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof DeviceProgramError || !(error instanceof Error)) return String(error);
  return `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`;
}
