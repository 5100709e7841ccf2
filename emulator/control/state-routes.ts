/** Routes about the emulator as a whole: alive, ready, its configuration and its set-up. */
import { ASSUMPTIONS, type AssumptionId, resolveAssumptions } from '../core/assumptions.ts';
import type { Emulator } from '../emulator.ts';
import type { EngineState } from '../engine.ts';
import { VERSION } from '../version.ts';
import type { ConfigAnswer, Endpoints, HeldAnswer, ReadyAnswer } from '../wire/control-api.ts';

import { maskQuery } from '../wire/mask.ts';
import { type ControlRoute, refuseBody } from './route.ts';

/** What is around the engine, as `GET /ready` tells it. */
export interface Surroundings extends Pick<Emulator, 'ca' | 'webhookUrl'> {
  /** Of the devices: the control API's own is known once it is bound. */
  readonly endpoints: Omit<Endpoints, 'control'>;
}

export function stateRoutes(
  state: EngineState,
  around: Surroundings,
  controlUrl: () => string,
): readonly ControlRoute[] {
  const held = async (): Promise<HeldAnswer> => ({ idScopes: await state.idScopes(), hubs: await state.hubs.names() });
  return [
    { method: 'GET', path: '/health', answer: () => ({ status: 'ok' }) },
    {
      method: 'GET',
      path: '/ready',
      answer: async (): Promise<ReadyAnswer> => ({
        status: 'ready',
        version: VERSION,
        pid: process.pid,
        endpoints: { ...around.endpoints, control: controlUrl() },
        ...(await held()),
        ca: { certificatePath: around.ca.certificatePath },
        webhookUrl: around.webhookUrl === undefined ? null : maskQuery(around.webhookUrl),
      }),
    },
    { method: 'GET', path: '/ca', answer: () => ({ certificatePem: around.ca.certificatePem }) },
    {
      method: 'GET',
      path: '/config',
      answer: () => ({ options: optionsOf(state.options), assumptions: assumptionsOf(state.options) }),
    },
    { method: 'GET', path: '/set-up', masks: () => 'none', answer: () => state.exportSetUp() },
    {
      method: 'POST',
      path: '/seed',
      answer: async ({ body }) => {
        // `null`, unlike no member at all, is surely not what the caller meant to seed.
        await state.seed(body ?? null, 'seed');
        return held();
      },
    },
    {
      method: 'POST',
      path: '/reset',
      answer: async ({ body }) => {
        await refuseBody(body);
        await state.reset();
        return held();
      },
    },
  ];
}

/** Options that have no value are shown as `null`: left out they would look unknown. */
function optionsOf(options: EngineState['options']): Record<string, unknown> {
  const all = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value ?? null]));
  return { ...all, webhook: options.webhook === undefined ? null : maskQuery(options.webhook) };
}

function assumptionsOf(options: EngineState['options']): ConfigAnswer['assumptions'] {
  const inForce = resolveAssumptions(options.assume);
  return Object.entries(ASSUMPTIONS).map(([id, row]) => ({
    id,
    value: inForce[id as AssumptionId],
    default: row.default,
    alternatives: row.values.filter((value) => value !== row.default),
    sentence: row.says,
  }));
}
