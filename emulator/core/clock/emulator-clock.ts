/** The emulator's clock: one list of sleepers, four modes, and the rule that time stands still while something runs. */

import type { ClockMode } from '../../wire/control-api.ts';
import type { AdvanceReport, ClockTask, ControllableClock, PendingSleeper, RealTime } from './clock.ts';
import { Sleepers } from './sleepers.ts';
import { Stillness } from './stillness.ts';
import { abortError, type RunningTask, sleepAsTask } from './task-sleep.ts';
import { instantAfter, VirtualTime } from './virtual-time.ts';

export interface EmulatorClockOptions {
  readonly mode: ClockMode;
  /** Virtual seconds per real second in `scaled` mode, above 0. Needed there; elsewhere kept for a later `setMode`. */
  readonly factor?: number | undefined;
  /** First instant, in whole milliseconds since the epoch. Default: the wall clock. */
  readonly startMs?: number | undefined;
  readonly realTime: RealTime;
  /** How long, in real time, to wait for what runs to end or to sleep. Default: 60,000. */
  readonly settleLimitMs?: number | undefined;
  /** Wake-ups in one `advance` beyond which it must be a loop. Default: 100,000. */
  readonly wakeLimit?: number | undefined;
}

/** @throws {RangeError} when the factor or the start does not make a clock. */
export function createClock(options: EmulatorClockOptions): ControllableClock {
  return new EmulatorClock(options);
}

class EmulatorClock implements ControllableClock {
  readonly #realTime: RealTime;
  readonly #settleLimitMs: number;
  readonly #wakeLimit: number;
  readonly #time: VirtualTime;
  readonly #sleepers = new Sleepers();
  readonly #stillness: Stillness;
  #mode: ClockMode;
  #factor: number | undefined;
  #timer: { readonly dueMs: number; readonly cancel: () => void } | undefined;
  /** The end of the last advance asked for; the next one starts there. */
  #lastAdvance: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: EmulatorClockOptions) {
    const { realTime, startMs = realTime.now() } = options;
    this.#realTime = realTime;
    this.#settleLimitMs = options.settleLimitMs ?? 60_000;
    this.#wakeLimit = options.wakeLimit ?? 100_000;
    this.#mode = options.mode;
    this.#factor = options.factor;
    this.#time = new VirtualTime({
      realTime,
      startMs: instantAfter(0, startMs, 'startMs'),
      rate: rateOf(options.mode, options.factor),
    });
    this.#stillness = new Stillness({
      realTime,
      settleLimitMs: this.#settleLimitMs,
      wantsQuiet: () => this.#mode === 'skip' && this.#sleepers.count > 0,
      onQuiet: () => this.#wakeFirst(),
    });
  }

  get mode(): ClockMode {
    return this.#mode;
  }

  get factor(): number {
    return this.#mode === 'scaled' ? rateOf(this.#mode, this.#factor) : 1;
  }

  now(): number {
    return this.#time.now();
  }

  async task<T>(who: string, work: (task: ClockTask) => Promise<T>): Promise<T> {
    const running: RunningTask = { who, sleeping: 0, ended: false };
    this.#stillness.open(running, who);
    try {
      return await work({ sleep: (ms, why, signal) => this.#sleep(running, { ms, why, signal }) });
    } finally {
      running.ended = true;
      this.#stillness.close(running);
    }
  }

  hold(why: string): () => void {
    const key = {};
    this.#stillness.open(key, why);
    return () => this.#stillness.close(key);
  }

  setMode(mode: ClockMode, factor: number | undefined = this.#factor): void {
    this.#time.runAt(rateOf(mode, factor));
    this.#mode = mode;
    this.#factor = factor;
    this.#disarm();
    this.#arm();
  }

  async advance(ms: number): Promise<AdvanceReport> {
    const call = `advance(${ms})`;
    instantAfter(this.now(), ms, 'advance');
    return this.#enqueue(call, () => instantAfter(this.now(), ms, 'advance'));
  }

  async next(): Promise<AdvanceReport> {
    return this.#enqueue('next()', () => this.#sleepers.first?.dueMs ?? this.now());
  }

  pending(): readonly PendingSleeper[] {
    return this.#sleepers.all().map(({ who, why, dueMs }) => ({ who, why, dueMs }));
  }

  openHolds(): readonly string[] {
    return this.#stillness.openNames();
  }

  async untilSleeping(count: number): Promise<void> {
    if (this.#stopped) throw stopped(`untilSleeping(${count})`);
    await this.#stillness.whenQuiet({
      isMet: () => this.#sleepers.count >= count,
      explain: () =>
        `untilSleeping(${count}) was not met within ${this.#settleLimitMs} ms of real time; ${this.#state()}`,
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
    for (const sleeper of this.#sleepers.all()) sleeper.fail(stopped(`The sleep "${sleeper.why}" of ${sleeper.who}`));
    this.#stillness.refuseAll(stopped('Waiting on the clock'));
  }

  async #sleep(task: RunningTask, sleep: { ms: number; why: string; signal: AbortSignal | undefined }): Promise<void> {
    const { ms, why, signal } = sleep;
    const name = `The sleep "${why}" of ${task.who}`;
    if (this.#stopped) throw stopped(name);
    const dueMs = instantAfter(this.now(), ms, name);
    const [sleepers, stillness] = [this.#sleepers, this.#stillness];
    await sleepAsTask({ task, why, dueMs, signal, sleepers, stillness, onChange: () => this.#arm() });
  }

  /** Sees to the next wake-up: a real timer for the earliest sleeper, or in `skip` the next quiet turn. */
  #arm(): void {
    const first = this.#sleepers.first;
    if (this.#timer !== undefined && this.#timer.dueMs !== first?.dueMs) this.#disarm();
    const delayMs = first && this.#time.realDelayMs(first.dueMs);
    if (first !== undefined && delayMs !== undefined && this.#timer === undefined) {
      this.#timer = { dueMs: first.dueMs, cancel: this.#realTime.after(delayMs, () => this.#ring()) };
    }
    this.#stillness.look();
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #ring(): void {
    this.#timer = undefined;
    const nowMs = this.now();
    for (let first = this.#sleepers.first; first && first.dueMs <= nowMs; first = this.#sleepers.first) first.wake();
    this.#arm();
  }

  /** Moves time that stands still on to the earliest sleeper and wakes that one alone. */
  #wakeFirst(): void {
    const first = this.#sleepers.first;
    if (first === undefined) return;
    // One may be overdue: the mode changed while its real timer was late.
    this.#time.moveTo(Math.max(this.now(), first.dueMs));
    first.wake();
  }

  /** One advance after the other, even after one that failed. */
  #enqueue(call: string, target: () => number): Promise<AdvanceReport> {
    this.#requireManual(call);
    const advance = this.#lastAdvance.then(() => this.#play(call, target));
    this.#lastAdvance = advance.catch(() => undefined);
    return advance;
  }

  async #play(call: string, target: () => number): Promise<AdvanceReport> {
    await this.#settle(call);
    const fromMs = this.now();
    const toMs = Math.max(fromMs, target());
    let woken = 0;
    for (let first = this.#sleepers.first; first && first.dueMs <= toMs; first = this.#sleepers.first) {
      if (woken === this.#wakeLimit) {
        throw new Error(`${call} woke ${woken} sleepers, which looks like a loop, and stopped; ${this.#state()}`);
      }
      this.#wakeFirst();
      woken += 1;
      await this.#settle(call);
    }
    this.#time.moveTo(Math.max(this.now(), toMs));
    return { fromMs, toMs, woken };
  }

  async #settle(call: string): Promise<void> {
    this.#requireManual(call);
    await this.#stillness.whenQuiet({
      isMet: () => true,
      explain: () => `${call} did not settle within ${this.#settleLimitMs} ms of real time; ${this.#state()}`,
    });
    this.#requireManual(call);
  }

  #requireManual(call: string): void {
    if (this.#stopped) throw stopped(call);
    if (this.#mode === 'manual') return;
    throw new Error(
      `${call} needs the clock in "manual" mode and it is in "${this.#mode}"; call setMode('manual') first`,
    );
  }

  /** What keeps time still and who sleeps, for error messages. */
  #state(): string {
    return `open: ${this.openHolds().join(', ') || 'nothing'}; asleep: ${this.#sleepers.describe(this.now())}`;
  }
}

function rateOf(mode: ClockMode, factor: number | undefined): number {
  if (mode === 'system') return 1;
  if (mode === 'manual' || mode === 'skip') return 0;
  if (factor !== undefined && Number.isFinite(factor) && factor > 0) return factor;
  throw new RangeError(`"scaled" mode needs a factor above 0 (virtual seconds per real second) and got ${factor}`);
}

function stopped(what: string): DOMException {
  return abortError(`${what} ended: the clock was stopped`);
}
