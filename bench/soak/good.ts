/** The good devices of a soak: they register over MQTT and HTTPS, again and again, and each registration has to succeed. */
import { Agent, request as httpsRequest } from 'node:https';
import { makeDeviceSas } from '../../emulator/wire/device-sas.ts';
import { makeLoad } from '../client/load.ts';
import type { Attacked } from '../fuzz/emulator-process.ts';
import { deviceOf, type Fleet } from '../set-up.ts';

export interface GoodCounts {
  readonly mqtt: number;
  readonly https: number;
  readonly failures: readonly string[];
}

const FLEETS: readonly Fleet[] = ['individual-static', 'group-hashed', 'group-webhook'];
/** The same devices come back: what the service has to remember does not grow. */
const SLICE_MS = 2000;
const HTTPS_DEVICES = 50;

export async function beGood(attacked: Attacked, signal: AbortSignal): Promise<GoodCounts> {
  let mqtt = 0;
  let https = 0;
  const failures: string[] = [];
  const repeat = async (who: string, once: (n: number) => Promise<void>): Promise<void> => {
    for (let n = 0; !signal.aborted; n += 1) {
      try {
        await once(n);
      } catch (error) {
        if (failures.length < 20) failures.push(`${who}: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  const { caPem, mqttPort: port } = attacked;
  const agent = new Agent({ keepAlive: true, ca: caPem, servername: 'localhost' });
  await Promise.all([
    ...FLEETS.map((fleet) =>
      repeat(`MQTT ${fleet}`, async () => {
        const order = {
          kind: 'sessions',
          port,
          caPem,
          fleet,
          parallel: 2,
          durationMs: SLICE_MS,
          firstDevice: 0,
        } as const;
        mqtt += (await makeLoad(order)).completed;
      }),
    ),
    repeat('HTTPS', async (n) => {
      await registerOverHttps(attacked, agent, n);
      https += 1;
    }),
  ]);
  agent.destroy();
  return { mqtt, https, failures };
}

async function registerOverHttps({ httpsPort: port }: Attacked, agent: Agent, n: number): Promise<void> {
  // Not those of MQTT: two that are one device would take the registration from each other.
  const device = deviceOf('group-hashed', 1_000_000 + (n % HTTPS_DEVICES));
  const { idScope, registrationId } = device;
  const ask = async (method: string, path: string, body: string): Promise<Record<string, unknown>> => {
    const headers = { Authorization: makeDeviceSas(device, Date.now()), 'Content-Type': 'application/json' };
    const at = `/${idScope}/registrations/${registrationId}${path}?api-version=2019-03-31`;
    return new Promise((resolve, reject) => {
      const sent = httpsRequest({ host: '127.0.0.1', port, agent, method, path: at, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('end', () => {
          if ((response.statusCode ?? 500) > 202) reject(new Error(`answered ${response.statusCode}: ${text}`));
          else resolve(JSON.parse(text) as Record<string, unknown>);
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  };
  const { operationId } = await ask('PUT', '/register', JSON.stringify({ registrationId }));
  for (;;) {
    const { status } = await ask('GET', `/operations/${String(operationId)}`, '');
    if (status === 'assigned') return;
    if (status !== 'assigning') throw new Error(`${registrationId} is ${String(status)}`);
  }
}
