/** A device that runs the official Node SDK, in a child process because Node reads NODE_EXTRA_CA_CERTS only at its start. */
import { type ChildProcess, fork } from 'node:child_process';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { DeviceOptions } from './device.ts';
import type { FromRunner, SdkOutcome, SdkRequest, SdkVersion, ToRunner } from './sdk-protocol.ts';

export type SdkResult = SdkOutcome & { readonly sdk: SdkVersion };

export interface SdkRunner {
  readonly sdk: SdkVersion;
  readonly pid: number;
  /**
   * Registers with the SDK, as many at a time as one likes. The SDK decides time-outs, api-version and token itself:
   * of the options only host, port, transport, scope, id, key, payload and signal count.
   *
   * @throws when the SDK cannot take the port, when the process died, or the signal's reason.
   */
  register(options: DeviceOptions): Promise<SdkResult>;
  stop(): Promise<void>;
}

export interface SdkRunnerOptions {
  /** The PEM file with the CA that the SDK shall trust. */
  readonly caPath: string;
}

const PACKAGES = [
  'azure-iot-provisioning-device',
  'azure-iot-provisioning-device-mqtt',
  'azure-iot-security-symmetric-key',
];

/** How to get them. */
export const SDK_INSTALL_HINT = `npm install ${PACKAGES.join(' ')}`;

/** Whether the SDK's packages are installed; nothing is loaded. */
export async function sdkAvailable(): Promise<boolean> {
  const { resolve } = createRequire(import.meta.url);
  try {
    for (const name of PACKAGES) resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** Starts the child process; resolves once it is ready. */
export async function startSdkRunner({ caPath }: SdkRunnerOptions): Promise<SdkRunner> {
  // Node itself would only print a warning, and every registration would fail with a puzzling TLS error.
  await access(caPath);
  const child = fork(runnerPath(), [], {
    execArgv: [],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: caPath },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const pending = new Map<number, Pending>();
  const death = watchDeath(child);
  const gone = death.then((error) => {
    for (const call of pending.values()) call.reject(error);
    pending.clear();
    return error;
  });
  const sdk = await readySdk(child, pending, gone);
  return {
    sdk,
    pid: child.pid ?? 0,
    register: (options) => register({ child, pending, sdk, options }),
    async stop() {
      child.kill();
      await gone;
    },
  };
}

interface Pending {
  readonly resolve: (outcome: SdkOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** The TypeScript sources cannot be forked: from them (in the test suite) the built file serves. */
function runnerPath(): string {
  const isSource = import.meta.url.endsWith('.ts');
  const relative = isSource ? '../dist/device/sdk-runner-main.js' : './sdk-runner-main.js';
  return fileURLToPath(new URL(relative, import.meta.url));
}

const STDERR_KEPT = 2000;

/** Resolves, when the process has ended, to the error that says how. */
function watchDeath(child: ChildProcess): Promise<Error> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT);
  });
  return new Promise((resolve) => {
    child.on('error', resolve);
    child.once('close', (code, signal) => {
      resolve(new Error(`the SDK process has ended (${signal ?? `exit code ${code}`}) ${stderr}`.trimEnd()));
    });
  });
}

function readySdk(child: ChildProcess, pending: Map<number, Pending>, gone: Promise<Error>): Promise<SdkVersion> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromRunner) => {
      switch (message.kind) {
        case 'ready':
          resolve(message.sdk);
          break;
        case 'outcome':
          pending.get(message.id)?.resolve(message.outcome);
          pending.delete(message.id);
          break;
      }
    });
    void gone.then(reject);
  });
}

interface Call {
  readonly child: ChildProcess;
  readonly pending: Map<number, Pending>;
  readonly sdk: SdkVersion;
  readonly options: DeviceOptions;
}

let lastId = 0;

async function register({ child, pending, sdk, options }: Call): Promise<SdkResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  const request = requestOf(options);
  if (!child.connected) throw new Error('the SDK process has ended');
  lastId += 1;
  const id = lastId;
  // A message that does not arrive needs no answer of its own: the death of the process rejects the call.
  const tell = (message: ToRunner): void => void child.send(message, () => undefined);
  const onAbort = (): void => {
    tell({ kind: 'cancel', id });
    pending.get(id)?.reject(signal?.reason);
    pending.delete(id);
  };
  signal?.addEventListener('abort', onAbort);
  try {
    const outcome = await new Promise<SdkOutcome>((resolve, reject) => {
      pending.set(id, { resolve, reject });
      tell({ kind: 'register', id, request });
    });
    return { ...outcome, sdk };
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function requestOf(options: DeviceOptions): SdkRequest {
  const { host, port, transport, idScope, registrationId, key, payload } = options;
  return {
    provisioningHost: provisioningHost(host, port, transport),
    transport,
    idScope,
    registrationId,
    key,
    ...(payload === undefined ? {} : { payload }),
  };
}

/** Only MQTT over TCP takes `host:port`; the others dial 443 whatever they are told. [dps-device-protocol §8] */
function provisioningHost(host: string, port: number, transport: DeviceOptions['transport']): string {
  if (transport === 'mqtt') return `${host}:${port}`;
  if (port === 443) return host;
  throw new Error(`the Node SDK dials port 443 over ${transport}, never ${port}: use mqtt, or listen on 443`);
}
