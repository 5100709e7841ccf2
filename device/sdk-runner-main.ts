/** The child process that holds the official Node SDK: registers what its parent sends, any number at a time. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { JsonValue } from '../emulator/wire/twin.ts';
import type { FromRunner, SdkOutcome, SdkRequest, SdkVersion, ToRunner } from './sdk-protocol.ts';
import { createRegistration, type SdkRegistration } from './sdk-registration.ts';

const SDK = 'azure-iot-provisioning-device';

const running = new Map<number, SdkRegistration>();
/** Which registration a piece of the SDK's code runs for, so that a crash in it can be told to the right caller. */
const current = new AsyncLocalStorage<number>();

process.on('message', (message: ToRunner) => {
  switch (message.kind) {
    case 'register':
      current.run(message.id, () => void register(message.id, message.request));
      break;
    case 'cancel':
      running.get(message.id)?.cancel();
      break;
  }
});
// The parent has gone, or has had enough.
process.on('disconnect', () => process.exit());
process.on('uncaughtException', reportCrash);
process.on('unhandledRejection', reportCrash);

send({ kind: 'ready', sdk: installedSdk() });

async function register(id: number, request: SdkRequest): Promise<void> {
  try {
    const registration = await createRegistration(request);
    running.set(id, registration);
    conclude(id, { ok: true, registrationState: (await registration.register()) as JsonValue });
  } catch (error) {
    conclude(id, failure(error));
  }
}

/** A registration answers once; what the SDK does after it crashed is of no interest. */
function conclude(id: number, outcome: SdkOutcome): void {
  running.delete(id);
  send({ kind: 'outcome', id, outcome });
}

/** In a device's own program this would have ended the process: an error thrown where no caller of the SDK can catch it. */
function reportCrash(error: unknown): void {
  const id = current.getStore();
  const crash = failure(error, 'unhandled in the SDK: ');
  for (const one of id === undefined ? [...running.keys()] : [id]) conclude(one, crash);
}

function failure(error: unknown, prefix = ''): SdkOutcome {
  if (!(error instanceof Error)) {
    return { ok: false, errorName: typeof error, errorMessage: prefix + (JSON.stringify(error) ?? String(error)) };
  }
  const result = 'result' in error ? (error.result as JsonValue | undefined) : undefined;
  return {
    ok: false,
    errorName: error.name,
    errorMessage: prefix + error.message,
    ...(result === undefined ? {} : { result }),
  };
}

function installedSdk(): SdkVersion {
  const manifest: { version: string } = createRequire(import.meta.url)(`${SDK}/package.json`);
  return { name: SDK, version: manifest.version };
}

function send(message: FromRunner): void {
  process.send?.(message);
}
