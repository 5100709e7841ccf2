/** An emulator without sockets, and devices that call it directly: what the core costs by itself. */
import { resolveOptions } from '../emulator/config.ts';
import { checkSetUp } from '../emulator/core/set-up/check-set-up.ts';
import { createEngine, type Engine } from '../emulator/engine.ts';
import { realTime } from '../emulator/real-time.ts';
import { makeDeviceSas } from '../emulator/wire/device-sas.ts';
import type { SetUp } from '../emulator/wire/set-up.ts';
import type { LoadDevice } from './set-up.ts';

export async function startBenchEngine(setUp: SetUp, journalTimelinesMax = 1000): Promise<Engine> {
  return createEngine({
    options: resolveOptions({ replyDelayMs: 0, retryAfterSeconds: 0, journalTimelinesMax }, 'in-process'),
    setUp: await checkSetUp(setUp, 'bench'),
    realTime,
    webhookTrust: async () => [],
    reportBug: (error) => {
      throw error;
    },
  });
}

/** Registers, and polls until the end. */
export async function provision({ dps }: Engine, { idScope, registrationId, key }: LoadDevice): Promise<void> {
  const token = makeDeviceSas({ idScope, registrationId, key }, Date.now());
  const call = {
    transport: 'mqtt',
    idScope,
    registrationId,
    apiVersion: '2019-03-31',
    credential: { kind: 'sas', token },
  } as const;
  const body = JSON.stringify({ registrationId });
  let reply = await dps.call({ ...call, request: { operation: 'register', body } });
  while (reply.status === 202) {
    await new Promise((resolve) => setImmediate(resolve));
    const operationId = 'operationId' in reply.body ? reply.body.operationId : undefined;
    reply = await dps.call({ ...call, request: { operation: 'poll', operationId } });
  }
  if (reply.status !== 200) throw new Error(`not provisioned: ${reply.text}`);
}
