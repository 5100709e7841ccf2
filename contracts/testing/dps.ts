/** An emulator for a test: with a scripted webhook where one is wanted, and the built-in device at hand. */

import type { DeviceResult } from '../../device/device.ts';
import { registerDevice } from '../../device/wire-device.ts';
import { startEmulator } from '../../emulator/index.ts';
import { type Emulator, type EmulatorOptions, listenerOf } from '../../emulator/service-door.ts';
import type { SetUp } from '../../emulator/wire/set-up.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { type Script, type StandIn, startStandIn } from '../../webhook/stand-in/index.ts';
import { deviceKey } from '../run/device-key.ts';
import type { Registration } from './registration.ts';

export interface DpsOptions extends Omit<EmulatorOptions, 'setUp' | 'webhook'> {
  /** Answers that a stand-in gives, or the URL of a webhook that runs already. Default: the tutorial's function. */
  readonly webhook?: Script | string;
  /** A document, `empty`, or a function that is told where the stand-in is. Default: the tutorial's Contoso set-up. */
  readonly setUp?: SetUp | 'empty' | ((webhookUrl: string) => SetUp);
}

export interface RegisterOptions {
  /** Default: the instance that the emulator names first. */
  readonly idScope?: string;
  /** Default: what the device's enrollment gives it, else derived from the first group. */
  readonly key?: string;
  readonly payload?: JsonValue;
  /** Default `mqtt`. */
  readonly transport?: DeviceTransport;
  readonly apiVersion?: string;
}

/** A registration that the built-in device has made, with what the device itself saw. */
export interface RegisteredDevice extends Registration {
  readonly result: DeviceResult;
}

export interface Dps {
  readonly emulator: Emulator;
  /** The scripted webhook: `requests`, `count()`, `find()`, `answer()`. @throws when `webhook` is no script */
  readonly webhook: StandIn;
  /** What is known of a device, to be asserted on. @param idScope default: the first instance's */
  registration(registrationId: string, idScope?: string): Registration;
  /** Registers a device over TLS and waits for the outcome, whatever it is. */
  register(registrationId: string, options?: RegisterOptions): Promise<RegisteredDevice>;
  stop(): Promise<void>;
}

/**
 * Starts an emulator on free ports. Its clock skips every wait unless `clock` says otherwise, so that seven minutes of
 * retries take no time and every instant is exact.
 */
export async function startDps(options: DpsOptions = {}): Promise<Dps> {
  const { webhook, setUp, ...rest } = options;
  const standIn = webhook === undefined || typeof webhook === 'string' ? undefined : await startStandIn(webhook);
  const url = standIn?.url ?? (typeof webhook === 'string' ? webhook : undefined);
  try {
    const document = typeof setUp === 'function' ? setUp(requireUrl(url)) : setUp;
    const emulator = await startEmulator({
      clock: 'skip',
      ...rest,
      ...(document !== undefined && { setUp: document }),
      ...(document === undefined && url !== undefined && { webhook: url }),
    });
    return dpsOf(emulator, standIn, (await emulator.idScopes())[0] ?? '');
  } catch (error) {
    await standIn?.stop();
    throw error;
  }
}

function requireUrl(url: string | undefined): string {
  if (url !== undefined) return url;
  throw new Error('a setUp that is a function needs `webhook`: it is called with its URL');
}

function dpsOf(emulator: Emulator, standIn: StandIn | undefined, firstScope: string): Dps {
  const registration = (registrationId: string, idScope = firstScope): Registration => ({
    emulator,
    idScope,
    registrationId,
  });
  return {
    emulator,
    get webhook() {
      if (standIn !== undefined) return standIn;
      throw new Error('there is no scripted webhook: give its answers, `webhook: [{ kind: "json", body: … }]`');
    },
    registration,
    register: async (registrationId, options = {}) => {
      const { idScope = firstScope, transport = 'mqtt', key, ...request } = options;
      const { host, port } = emulator.endpoints[listenerOf(transport)];
      const result = await registerDevice({
        host,
        port,
        idScope,
        registrationId,
        key: key ?? (await keyOf(emulator, idScope, registrationId)),
        transport,
        ca: emulator.ca.certificatePem,
        ...request,
      });
      return { ...registration(registrationId, idScope), result };
    },
    stop: async () => {
      await emulator.stop();
      await standIn?.stop();
    },
  };
}

async function keyOf(emulator: Emulator, idScope: string, registrationId: string): Promise<string> {
  const { dps = [] } = await emulator.exportSetUp();
  return deviceKey({ registrationId }, { dps: dps.filter((instance) => instance.idScope === idScope) });
}
