/** Emulators that the tests of a file have one after the other: starting one costs more than most tests. */
import { afterAll, afterEach } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../../emulator/index.ts';

/** What is lent with an emulator, or the emulator alone. */
export interface Lendable {
  readonly emulator: Emulator;
  /** Whether what is not the emulator is as it was at the start, and may be lent again. */
  isAsNew?(): boolean;
  stop(): Promise<void>;
}

interface Loan {
  readonly key: string;
  readonly thing: Lendable;
  readonly startMs: number;
  isStopped: boolean;
}

/**
 * Lends to each test what it asks for, as if it had been started for that test: what comes back is reset and lent again
 * for equal options. Not lent again is whatever a reset does not make as new: an emulator that was stopped, whose clock
 * was moved or changed, or that was given functions. For tests that leave no connection open when they end.
 */
export function lending<T extends Lendable>(): (options: EmulatorOptions, make: () => Promise<T>) => Promise<T> {
  const out: Loan[] = [];
  const idle: Loan[] = [];
  afterEach(async () => {
    for (const loan of out.splice(0).reverse()) {
      if (await isRenewed(loan)) idle.push(loan);
      else await loan.thing.stop();
    }
  });
  afterAll(async () => {
    for (const { thing } of idle.splice(0)) await thing.stop();
  });
  return async (options, make) => {
    // An option that is given as undefined is another one than none.
    const key = JSON.stringify(options, (_name, value) => (value === undefined ? 'undefined' : value));
    const at = idle.findIndex((loan) => loan.key === key);
    const [known] = at < 0 ? [] : idle.splice(at, 1);
    if (known !== undefined) {
      out.push(known);
      return lent(known) as T;
    }
    const thing = await make();
    const hasFunctions = Object.values(options).some((option) => typeof option === 'function');
    const loan = { key, thing, startMs: thing.emulator.clock.now(), isStopped: hasFunctions };
    out.push(loan);
    return lent(loan) as T;
  };
}

/** A test may stop its emulator; that is heard of. */
function lent(loan: Loan): Lendable {
  const { thing } = loan;
  const stop = async (): Promise<void> => {
    loan.isStopped = true;
    await thing.emulator.stop();
  };
  return { ...thing, emulator: { ...thing.emulator, stop } };
}

async function isRenewed({ thing, startMs, isStopped }: Loan): Promise<boolean> {
  const { emulator, isAsNew = () => true } = thing;
  const { clock } = emulator;
  if (isStopped || clock.mode !== 'manual' || clock.now() !== startMs || clock.openHolds().length > 0) return false;
  await emulator.reset();
  return isAsNew();
}
