/** Routes about the clock: read it, change its mode, move it. */
import { OPTIONS } from '../config.ts';
import type { AdvanceReport, ControllableClock } from '../core/clock/clock.ts';
import type { EngineState } from '../engine.ts';
import type { ClockMode, ClockMove, ClockState, PendingAnswer } from '../wire/control-api.ts';
import { isoInstant } from '../wire/timestamp.ts';
import { ControlError, invalid } from './errors.ts';
import { type ControlRoute, readBody, refuseBody } from './route.ts';

const ModeSchema = {
  type: 'object',
  required: ['mode'],
  properties: {
    mode: { enum: OPTIONS.clock.choices },
    factor: { type: 'number', minimum: OPTIONS.clockFactor.min, maximum: OPTIONS.clockFactor.max },
  },
  additionalProperties: false,
} as const;

const notNegative = { type: 'number', minimum: 0 } as const;

const AdvanceSchema = {
  type: 'object',
  properties: { ms: notNegative, seconds: notNegative },
  additionalProperties: false,
} as const;

export function clockRoutes({ clock }: Pick<EngineState, 'clock'>): readonly ControlRoute[] {
  return [
    { method: 'GET', path: '/clock', answer: () => stateOf(clock) },
    { method: 'GET', path: '/clock/pending', answer: () => pendingOf(clock) },
    {
      method: 'POST',
      path: '/clock/mode',
      answer: async ({ body }) => {
        const { mode, factor } = await readBody<{ readonly mode: ClockMode; readonly factor?: number }>(
          ModeSchema,
          body,
        );
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
        await refuseBody(body);
        await clock.untilSleeping(0).catch((error: unknown) => {
          throw asControlError(error);
        });
        return stateOf(clock);
      },
    },
    {
      method: 'POST',
      path: '/clock/advance',
      answer: async ({ body }) => {
        const { ms, seconds } = await readBody<{ readonly ms?: number; readonly seconds?: number }>(
          AdvanceSchema,
          body,
        );
        if ((ms === undefined) === (seconds === undefined)) {
          throw invalid('The body breaks a rule', [{ path: '', rule: 'must have either "ms" or "seconds"' }]);
        }
        return move(clock, () => clock.advance(ms ?? (seconds ?? 0) * 1000));
      },
    },
    {
      method: 'POST',
      path: '/clock/next',
      answer: async ({ body }) => {
        await refuseBody(body);
        return move(clock, () => clock.next());
      },
    },
  ];
}

function stateOf(clock: ControllableClock): ClockState {
  return { mode: clock.mode, factor: clock.factor, ...pendingOf(clock) };
}

function pendingOf(clock: ControllableClock): PendingAnswer {
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

async function move(clock: ControllableClock, work: () => Promise<AdvanceReport>): Promise<ClockMove> {
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
