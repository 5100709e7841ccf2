/** One run of the fuzzer: starts the emulator, sends the inputs in lanes, and weighs its memory between blocks. */
import { startAttacked } from './attacked.ts';
import type { Memory } from './emulator-process.ts';
import { BLOCK, type Input, inputsFrom } from './inputs.ts';
import { createSender, type Outcome } from './send.ts';
import { startWildWebhook } from './wild-webhook.ts';

export interface FuzzOrder {
  readonly seed: number;
  readonly requests: number;
  /** The first input's number. */
  readonly from: number;
  /** Called between blocks. */
  readonly progress: (sent: number) => void;
}

export interface Finding {
  /** Its number under the seed; of a crash and a bug, what was sent last. */
  readonly at: number;
  readonly what: string;
  readonly input: Input | undefined;
  readonly answer: string;
}

export interface FuzzResult {
  readonly sent: number;
  readonly bySurface: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  /** Answers 501 at addresses of a hub that are not emulated. */
  readonly notEmulated: number;
  readonly slowest: { readonly at: number; readonly tookMs: number; readonly input: Input | undefined };
  /** Before the first input, and then after equal parts of the run. */
  readonly memory: readonly Memory[];
}

const LANES = 24;
const WEIGHED = 40;
const FINDINGS_MAX = 20;

export async function fuzz({ seed, requests, from, progress }: FuzzOrder): Promise<FuzzResult> {
  const webhook = await startWildWebhook();
  const findings: Finding[] = [];
  let sent = 0;
  let slowest: FuzzResult['slowest'] = { at: from, tookMs: 0, input: undefined };
  const bySurface: Record<string, number> = {};
  const byStatus: Record<string, number> = {};
  let notEmulated = 0;
  const find = (finding: Finding): void => {
    if (findings.length < FINDINGS_MAX) findings.push(finding);
  };
  const emulator = await startAttacked({ clock: 'skip', wildUrl: webhook.url, goodUrl: webhook.url }, (what) =>
    find({ at: from + sent, what, input: undefined, answer: '' }),
  );
  const sender = createSender(emulator.attacked, LANES);
  const draw = inputsFrom(emulator.attacked, seed);

  const count = (at: number, input: Input, outcome: Outcome): void => {
    sent += 1;
    bySurface[input.surface] = (bySurface[input.surface] ?? 0) + 1;
    byStatus[outcome.status] = (byStatus[outcome.status] ?? 0) + 1;
    if (outcome.tookMs > slowest.tookMs) slowest = { at, tookMs: outcome.tookMs, input };
    if (isNotEmulated(input, outcome)) notEmulated += 1;
    else if (outcome.status === 'silent' || (typeof outcome.status === 'number' && outcome.status >= 500)) {
      find({ at, what: `answered ${outcome.status}`, input, answer: outcome.text });
    }
  };

  const memory: Memory[] = [await emulator.weigh()];
  const perWeighing = Math.max(1, Math.floor(requests / WEIGHED));
  try {
    let next = from;
    let block: { readonly number: number; readonly inputs: readonly Input[] } = { number: -1, inputs: [] };
    const take = (): readonly [number, Input] | undefined => {
      if (next >= from + requests || emulator.hasEnded()) return undefined;
      const number = Math.floor(next / BLOCK);
      if (block.number !== number) block = { number, inputs: draw(number) };
      const input = block.inputs[next % BLOCK];
      if (input === undefined) return undefined;
      next += 1;
      return [next - 1, input];
    };
    while (next < from + requests && !emulator.hasEnded()) {
      const end = Math.min(from + requests, next + perWeighing);
      const lane = async (): Promise<void> => {
        while (next < end) {
          const taken = take();
          if (taken === undefined) return;
          count(...taken, await sender.send(taken[1]));
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      if (!emulator.hasEnded()) memory.push(await emulator.weigh());
      progress(sent);
    }
  } finally {
    sender.close();
    await emulator.stop();
    webhook.server.closeAllConnections();
    webhook.server.close();
  }
  return { sent, bySurface, byStatus, findings, notEmulated, slowest, memory };
}

/** A hub says of each operation that is not emulated that it is not; told by the name in its answer. */
function isNotEmulated({ surface }: Input, { status, text }: Outcome): boolean {
  return surface === 'hub' && status === 501 && text.includes('NotImplemented');
}
