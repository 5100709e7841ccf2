/** Routes about the emulator as a whole: alive, ready, its configuration and its set-up. */
import { ASSUMPTIONS, type AssumptionId, resolveAssumptions } from '../core/assumptions.ts';
import type { Emulator } from '../emulator.ts';
import { VERSION } from '../version.ts';
import { maskQuery } from '../wire/mask.ts';
import { type ControlRoute, readMembers } from './route.ts';

/** @param controlUrl known once the control API is bound, which the emulator's own endpoints cannot say yet */
export function stateRoutes(emulator: Emulator, controlUrl: () => string): readonly ControlRoute[] {
  const held = async () => ({ idScopes: await emulator.idScopes(), hubs: emulator.hubs.names() });
  return [
    { method: 'GET', path: '/health', answer: () => ({ status: 'ok' }) },
    {
      method: 'GET',
      path: '/ready',
      answer: async () => ({
        status: 'ready',
        version: VERSION,
        pid: process.pid,
        endpoints: { ...emulator.endpoints, control: controlUrl() },
        ...(await held()),
        ca: { certificatePath: emulator.ca.certificatePath },
        webhookUrl: emulator.webhookUrl === undefined ? null : maskQuery(emulator.webhookUrl),
      }),
    },
    { method: 'GET', path: '/ca', answer: () => ({ certificatePem: emulator.ca.certificatePem }) },
    {
      method: 'GET',
      path: '/config',
      answer: () => ({ options: optionsOf(emulator), assumptions: assumptionsOf(emulator) }),
    },
    { method: 'GET', path: '/set-up', isInClear: () => true, answer: () => emulator.exportSetUp() },
    {
      method: 'POST',
      path: '/seed',
      answer: async ({ body }) => {
        // `null`, unlike no member at all, is surely not what the caller meant to seed.
        await emulator.seed(body ?? null, 'seed');
        return held();
      },
    },
    {
      method: 'POST',
      path: '/reset',
      answer: async ({ body }) => {
        readMembers(body, {});
        await emulator.reset();
        return held();
      },
    },
  ];
}

/** Options that have no value are shown as `null`: left out they would look unknown. */
function optionsOf({ options }: Emulator): Record<string, unknown> {
  const all = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value ?? null]));
  return { ...all, webhook: options.webhook === undefined ? null : maskQuery(options.webhook) };
}

function assumptionsOf({ options }: Emulator): readonly Record<string, unknown>[] {
  const inForce = resolveAssumptions(options.assume);
  return Object.entries(ASSUMPTIONS).map(([id, row]) => ({
    id,
    value: inForce[id as AssumptionId],
    default: row.default,
    alternatives: row.values.filter((value) => value !== row.default),
    sentence: row.says,
  }));
}
