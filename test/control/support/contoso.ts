/** The tutorial's emulator with a scripted webhook, and devices that register there. */
import { request } from 'node:https';
import { afterAll, afterEach, expect } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../emulator/index.ts';
import { CONTOSO_GROUP_KEY, CONTOSO_HUBS, CONTOSO_ID_SCOPE, contosoSetUp } from '../../../emulator/wire/contoso.ts';
import { makeDeviceSas } from '../../../emulator/wire/device-sas.ts';
import { deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';
import { type Script, type StandIn, startStandIn } from '../../../webhook/stand-in/index.ts';
import { lending } from '../../flows/support/lent-emulators.ts';

export const SCOPE = CONTOSO_ID_SCOPE;
export const HUB = CONTOSO_HUBS[0];
export const DEVICE = 'breakroom499-contoso-tstrsd-007';
export const FUNCTION_KEY = 'a-function-key-that-nobody-may-see';

export const ASSIGN = {
  kind: 'json',
  body: {
    iotHubHostName: HUB,
    initialTwin: { tags: { deviceType: 'toaster' }, properties: { desired: { state: 'on' } } },
  },
} as const;
export const BUSY = { kind: 'status', status: 429 } as const;

export interface Contoso {
  readonly emulator: Emulator;
  readonly webhook: StandIn;
  readonly control: string;
}

type StartContoso = (script?: Script, options?: EmulatorOptions) => Promise<Contoso>;

/** Everything started is stopped after its test; a bug that an emulator reported fails the test. */
export function contosoForTests(): StartContoso {
  const stops: (() => Promise<void>)[] = [];
  const onBug = bugsFailTests();
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  return async (script = [ASSIGN], options = {}) => {
    const { stop, ...contoso } = await startContoso(script, { onBug, ...options });
    stops.push(stop);
    return contoso;
  };
}

/** The same, lent as long as nobody has called its webhook: for tests that leave no connection open. */
export function lentContosoForTests(): StartContoso {
  const onBug = bugsFailTests();
  const lend = lending<Contoso & { readonly stop: () => Promise<void> }>();
  return async (script = [ASSIGN], options = {}) => {
    const { stop: _lender, ...contoso } = await lend(options, async () => {
      const started = await startContoso(script, { onBug, ...options });
      return { ...started, isAsNew: () => started.webhook.count() === 0 };
    });
    contoso.webhook.answer(script);
    return contoso;
  };
}

/** One for a whole file, with its bugs told after each test; stopped at the end. */
export function contosoForFile(script: Script): () => Promise<Contoso> {
  const stops: (() => Promise<void>)[] = [];
  const onBug = bugsFailTests();
  afterAll(() => Promise.all(stops.map((stop) => stop())));
  return async () => {
    const { stop, ...contoso } = await startContoso(script, { onBug });
    stops.push(stop);
    return contoso;
  };
}

async function startContoso(
  script: Script,
  options: EmulatorOptions,
): Promise<Contoso & { readonly stop: () => Promise<void> }> {
  const webhook = await startStandIn(script, { functionKey: FUNCTION_KEY });
  const setUp = contosoSetUp(webhook.url);
  const emulator = await startEmulator({ setUp, clock: 'manual', seed: 'control', ...options });
  const stop = async (): Promise<void> => {
    await emulator.stop();
    await webhook.stop();
  };
  return { emulator, webhook, control: emulator.endpoints.control, stop };
}

function bugsFailTests(): (error: unknown, where: string) => void {
  const bugs: string[] = [];
  afterEach(() => expect(bugs.splice(0), 'bugs that the emulator reported').toEqual([]));
  return (error, where) => bugs.push(`${where}: ${error instanceof Error ? error.stack : String(error)}`);
}

export function tokenOf(registrationId: string, ttlSeconds = 3600): string {
  const key = deriveDeviceKey(CONTOSO_GROUP_KEY, registrationId);
  return makeDeviceSas({ idScope: SCOPE, registrationId, key, ttlSeconds }, Date.now());
}

/** Registers over HTTPS; resolves with the status once nothing runs any more: concluded, or waiting for a retry. */
export async function register(emulator: Emulator, registrationId: string): Promise<number> {
  const { https } = emulator.endpoints;
  const status = await new Promise<number>((resolve, reject) => {
    const sent = request({
      host: https.host,
      port: https.port,
      method: 'PUT',
      path: `/${SCOPE}/registrations/${registrationId}/register?api-version=2021-06-01`,
      headers: { authorization: tokenOf(registrationId), 'content-type': 'application/json' },
      ca: emulator.ca.certificatePem,
      agent: false,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.end(JSON.stringify({ registrationId }));
  });
  await emulator.clock.untilSleeping(0);
  return status;
}
