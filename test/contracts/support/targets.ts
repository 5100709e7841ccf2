/** Emulators that stand for what a run faces from outside: one by its control URL, one as the real service is addressed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openTarget } from '../../../contracts/target/open-target.ts';
import type { Target } from '../../../contracts/target/target.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../emulator/index.ts';
import type { Address } from '../../../emulator/wire/address.ts';

export const PREFIX = 'ct-test';

export interface AnEmulator {
  readonly emulator: Emulator;
  /** What `contracts run` is told. */
  readonly args: readonly string[];
  readonly target: () => Promise<Target>;
}

/** One that runs as `start` runs it, with the tutorial's set-up in it. */
export async function runningEmulator(options: EmulatorOptions = {}): Promise<AnEmulator> {
  const emulator = await started({ retryAfterSeconds: 3, ...options });
  const { control } = emulator.endpoints;
  return { emulator, args: ['--target', control], target: () => openTarget({ target: control, prefix: PREFIX }) };
}

export interface AzureLike extends AnEmulator {
  readonly path: string;
  readonly keys: readonly string[];
}

export interface AzureLikeOptions {
  /** Whether the service can reach the webhooks of the harness. */
  readonly hasWebhook?: boolean;
}

/** One that is told only by a file: connection strings and device ports. */
export async function azureLike({ hasWebhook = true }: AzureLikeOptions = {}): Promise<AzureLike> {
  const linkedHubs = ['north-hub.azure-devices.net', 'south-hub.azure-devices.net'];
  const setUp = { dps: [{ name: 'real-dps', idScope: '0ne000AAAAA', linkedHubs }] };
  const emulator = await started({ retryAfterSeconds: 0, setUp });
  const { dps, hubs } = await emulator.connectionStrings();
  const { mqtt, https } = emulator.endpoints;
  const webhookListen = hasWebhook ? { host: '127.0.0.1', port: await freePort() } : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'dps-emulator-azure-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'azure.json');
  const strings = [...dps, ...hubs].map(({ connectionString }) => connectionString);
  const [service, ...ofHubs] = strings;
  const endpoints = { mqtt: textOf(mqtt), https: textOf(https), rest: textOf(https) };
  const webhook = webhookListen === undefined ? {} : { webhook: `http://${textOf(webhookListen)}` };
  const { certificatePath: ca } = emulator.ca;
  await writeFile(path, JSON.stringify({ service, idScope: '0ne000AAAAA', hubs: ofHubs, endpoints, ca, ...webhook }));
  return {
    emulator,
    path,
    args: [
      '--target',
      `azure:${path}`,
      ...(webhookListen === undefined ? [] : ['--webhook-listen', textOf(webhookListen)]),
    ],
    keys: strings.map((text) => /SharedAccessKey=(.*)$/.exec(text)?.[1] ?? ''),
    target: () => openTarget({ target: `azure:${path}`, prefix: PREFIX, webhookListen }),
  };
}

/** All that a case may leave behind. */
export async function stateOf(emulator: Emulator): Promise<object> {
  return {
    setUp: await emulator.exportSetUp(),
    registrations: await emulator.registrations(),
    devices: await Promise.all((await emulator.hubs.names()).map((hub) => emulator.hubs.devices(hub))),
  };
}

async function started(options: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.stop());
  return emulator;
}

function textOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
