/** The retry ladder in process: 11 webhook calls on a clock that skips the waits, and what they cost in real time. */
import { createSecureContext } from 'node:tls';
import { type Emulator, startEmulator } from '../../emulator/index.ts';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import { type MqttLink, openLink } from '../client/mqtt-link.ts';
import { compare, type Figure } from '../compare.ts';
import type { Plan } from '../plan.ts';
import { benchSetUp, deviceOf } from '../set-up.ts';
import { bareSequentialPosts } from '../yardsticks/bare-posts.ts';

/** The call and its ten retries. [dps-service-behaviour §4.3] */
const CALLS = 11;

export async function retryLadder({ ladder: plan }: Plan): Promise<Figure> {
  const standIn = await startStandIn([{ kind: 'status', status: 503 }]);
  const emulator = await startEmulator({
    clock: 'skip',
    setUp: benchSetUp(standIn.url),
    replyDelayMs: 0,
    retryAfterSeconds: 0,
  });
  const device = deviceOf('group-webhook', 0);
  const link = await openLink(device, {
    port: emulator.endpoints.mqtt.port,
    secureContext: createSecureContext({ ca: emulator.ca.certificatePem }),
  });
  const product = async (): Promise<number> => {
    const before = standIn.count();
    const ladderMs = await playLadder(emulator, link);
    const calls = standIn.count() - before;
    if (calls !== CALLS) throw new Error(`the webhook was called ${calls} times instead of ${CALLS}`);
    return ladderMs;
  };
  try {
    const firstMs = await product();
    const body = standIn.requests.at(-1)?.bodyText ?? '';
    const figure = await compare(
      {
        id: 'retry-ladder',
        product: `retry ladder in process, ${CALLS} calls answered 503, from the register to its conclusion`,
        yardstick: `${CALLS} bare POSTs to the same webhook, one after the other`,
        unit: 'ms',
        aim: { of: 'product', rule: 'below', value: 20 },
      },
      { ...plan, product, yardstick: () => bareSequentialPosts(standIn.url, body, CALLS) },
    );
    return { ...figure, note: `the very first ladder of the process: ${firstMs.toFixed(1)} ms` };
  } finally {
    await link.close();
    await emulator.stop();
    await standIn.stop();
  }
}

/** Real milliseconds between the two entries of the journal. */
async function playLadder({ journal }: Emulator, link: MqttLink): Promise<number> {
  let startedMs = 0;
  let end: () => void = () => undefined;
  const concluded = new Promise<number>((resolve) => {
    end = journal.subscribe((_subject, { event }) => {
      if (event.kind === 'register-received') startedMs = performance.now();
      if (event.kind === 'concluded') resolve(performance.now() - startedMs);
    });
  });
  await link.register();
  const ladderMs = await concluded;
  end();
  return ladderMs;
}
