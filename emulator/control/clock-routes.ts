/** Routes about the clock: read it, change its mode, move it. */
import { OPTIONS } from '../config.ts';
import type { AdvanceReport, ClockMode, ControllableClock } from '../core/clock/clock.ts';
import type { EngineState } from '../engine.ts';
import { isoInstant } from '../wire/timestamp.ts';
import { ControlError, invalid } from './errors.ts';
import { type ControlRoute, type Member, readMembers } from './route.ts';

const { min: FACTOR_MIN, max: FACTOR_MAX } = OPTIONS.clockFactor;
const MODES: readonly string[] = OPTIONS.clock.choices;

const MODE_MEMBERS = {
  mode: {
    type: 'string',
    isRequired: true,
    rule: (value) => (MODES.includes(String(value)) ? undefined : `must be one of ${MODES.join(', ')}`),
  },
  factor: {
    type: 'number',
    rule: (value) =>
      Number(value) >= FACTOR_MIN && Number(value) <= FACTOR_MAX ? undefined : `must be ${FACTOR_MIN} to ${FACTOR_MAX}`,
  },
} as const satisfies Record<string, Member>;

const notNegative = (value: string | number): string | undefined =>
  Number(value) >= 0 ? undefined : 'must be 0 or more';

const ADVANCE_MEMBERS = {
  ms: { type: 'number', rule: notNegative },
  seconds: { type: 'number', rule: notNegative },
} as const satisfies Record<string, Member>;

export function clockRoutes({ clock }: Pick<EngineState, 'clock'>): readonly ControlRoute[] {
  return [
    { method: 'GET', path: '/clock', answer: () => stateOf(clock) },
    { method: 'GET', path: '/clock/pending', answer: () => pendingOf(clock) },
    {
      method: 'POST',
      path: '/clock/mode',
      answer: ({ body }) => {
        const { mode, factor } = readMembers(body, MODE_MEMBERS) as {
          readonly mode: ClockMode;
          readonly factor?: number;
        };
        if (factor !== undefined && mode !== 'scaled') {
          throw invalid('The body breaks a rule', [{ path: 'factor', rule: 'goes with the mode "scaled" only' }]);
        }
        clock.setMode(mode, factor);
        return stateOf(clock);
      },
    },
    {
      method: 'POST',
      path: '/clock/settle',
      answer: async ({ body }) => {
        readMembers(body, {});
        await clock.untilSleeping(0).catch((error: unknown) => {
          throw asControlError(error);
        });
        return stateOf(clock);
      },
    },
    {
      method: 'POST',
      path: '/clock/advance',
      answer: ({ body }) => {
        const { ms, seconds } = readMembers(body, ADVANCE_MEMBERS) as {
          readonly ms?: number;
          readonly seconds?: number;
        };
        if ((ms === undefined) === (seconds === undefined)) {
          throw invalid('The body breaks a rule', [{ path: '', rule: 'must have either "ms" or "seconds"' }]);
        }
        return move(clock, () => clock.advance(ms ?? (seconds ?? 0) * 1000));
      },
    },
    {
      method: 'POST',
      path: '/clock/next',
      answer: ({ body }) => {
        readMembers(body, {});
        return move(clock, () => clock.next());
      },
    },
  ];
}

function stateOf(clock: ControllableClock): Record<string, unknown> {
  return { mode: clock.mode, factor: clock.factor, ...pendingOf(clock) };
}

function pendingOf(clock: ControllableClock): Record<string, unknown> {
  const nowMs = clock.now();
  const pending = clock.pending().map(({ who, why, dueMs }) => ({
    who,
    why,
    due: isoInstant(dueMs),
    dueMs,
    inMs: Math.max(0, dueMs - nowMs),
  }));
  return { now: isoInstant(nowMs), nowMs, pending, openHolds: clock.openHolds() };
}

async function move(clock: ControllableClock, work: () => Promise<AdvanceReport>): Promise<Record<string, unknown>> {
  if (clock.mode !== 'manual') {
    throw new ControlError(
      'wrong-clock-mode',
      `The clock is in "${clock.mode}" mode and moves by itself; POST /clock/mode {"mode":"manual"} first.`,
    );
  }
  const { fromMs, toMs, woken } = await work().catch((error: unknown) => {
    throw asControlError(error);
  });
  return { from: isoInstant(fromMs), fromMs, to: isoInstant(toMs), toMs, woken };
}

/** The clock's own sentences name what does not settle; anything else it throws would be a bug. */
function asControlError(error: unknown): unknown {
  if (error instanceof RangeError) return new ControlError('invalid', error.message);
  const isOfClock = error instanceof Error && (error.name === 'Error' || error.name === 'AbortError');
  return isOfClock ? new ControlError('clock-not-settled', error.message) : error;
}
