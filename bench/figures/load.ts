/** MQTT under load: register round trips over connections that stay, and whole TLS sessions, against bare Aedes. */
import type { LoadOrder } from '../client/load.ts';
import { type Aim, compare, type Figure } from '../compare.ts';
import type { Plan } from '../plan.ts';
import { startLoadClient } from '../processes/load-client.ts';
import { startServerProcess } from '../processes/server-process.ts';
import type { Fleet } from '../set-up.ts';
import type { Surroundings } from '../surroundings.ts';

export interface LoadCase {
  readonly id: string;
  readonly kind: LoadOrder['kind'];
  readonly parallel: number;
  readonly fleet: Fleet;
  readonly product: string;
  readonly aim?: Aim;
}

const AS_FAST_AS_BARE: Aim = { of: 'ratio', rule: 'at least', value: 0.85 };

export const LOAD_CASES: readonly LoadCase[] = [
  ...[1, 8, 64].map(
    (parallel): LoadCase => ({
      id: `round-trips-${parallel}`,
      kind: 'round-trips',
      parallel,
      fleet: 'group-hashed',
      product: `MQTT register round trips, ${parallel === 1 ? 'one connection' : `${parallel} connections`}`,
    }),
  ),
  {
    id: 'sessions-individual',
    kind: 'sessions',
    parallel: 8,
    fleet: 'individual-static',
    product: 'whole TLS sessions, 8 at a time: individual keys, static allocation',
    aim: AS_FAST_AS_BARE,
  },
  {
    id: 'sessions-group',
    kind: 'sessions',
    parallel: 8,
    fleet: 'group-hashed',
    product: 'whole TLS sessions, 8 at a time: group keys, hashed allocation',
    aim: AS_FAST_AS_BARE,
  },
  {
    id: 'sessions-webhook',
    kind: 'sessions',
    parallel: 8,
    fleet: 'group-webhook',
    product: 'whole TLS sessions, 8 at a time: group keys, custom allocation by a webhook in another process',
  },
];

/** Fresh servers for each case: what one leaves behind is not the next one's burden. */
export async function loadFigure(one: LoadCase, surroundings: Surroundings, { load: plan }: Plan): Promise<Figure> {
  const { env, caPem, certPath, keyPath } = surroundings;
  const stops: (() => Promise<void>)[] = [];
  const start = async (module: string, args: readonly string[]): Promise<{ mqtt: number; url: string }> => {
    const server = await startServerProcess({ module, args, env });
    stops.push(server.stop);
    return JSON.parse(server.firstLine) as { mqtt: number; url: string };
  };
  try {
    const bare = await start('../yardsticks/bare-process.js', [certPath, keyPath]);
    const webhook = await start('./webhook-process.js', []);
    const emulator = await start('./emulator-process.js', [webhook.url]);
    const client = startLoadClient(env);
    stops.push(client.stop);

    let firstDevice = 0;
    let completed = 0;
    let requests = 0;
    const measure = async (port: number, isProduct: boolean): Promise<number> => {
      const { kind, fleet, parallel } = one;
      const result = await client.load({ kind, fleet, parallel, port, caPem, firstDevice, durationMs: plan.turnMs });
      // Connections that stay use the same devices again; sessions go on to new ones.
      if (kind === 'sessions') firstDevice += result.completed;
      if (isProduct) {
        completed += result.completed;
        requests += result.requests;
      }
      return result.perSecond;
    };
    const figure = await compare(
      {
        id: one.id,
        product: one.product,
        yardstick: 'the same client against bare Aedes that answers with fixed bodies',
        unit: 'per second',
        ...(one.aim && { aim: one.aim }),
      },
      {
        rounds: plan.rounds,
        warmUpRounds: plan.warmUpRounds,
        yardstick: () => measure(bare.mqtt, false),
        product: () => measure(emulator.mqtt, true),
      },
    );
    if (one.kind === 'round-trips') return figure;
    const perSession = (requests / completed).toFixed(1);
    return { ...figure, note: `${perSession} requests per session; 2.0 with the yardstick` };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}
