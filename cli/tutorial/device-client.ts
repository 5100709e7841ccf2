/** The tutorial's device: the official Node SDK over TLS, or the built-in wire device where the SDK is missing. */
import { SDK_INSTALL_HINT, sdkAvailable, startSdkRunner } from '../../device/sdk-device.ts';
import { registerDevice } from '../../device/wire-device.ts';
import type { Emulator } from '../../emulator/index.ts';
import type { JsonObject } from '../../emulator/wire/twin.ts';
import type { ClientFacts, ClientOutcome } from './document.ts';

export interface DeviceIdentity {
  readonly registrationId: string;
  readonly key: string;
  readonly payload: JsonObject;
}

export interface DeviceClient {
  readonly facts: ClientFacts;
  register(identity: DeviceIdentity): Promise<ClientOutcome>;
  stop(): Promise<void>;
}

export async function startDeviceClient(emulator: Emulator, idScope: string): Promise<DeviceClient> {
  const { host, port } = emulator.endpoints.mqtt;
  const options = (identity: DeviceIdentity) => ({ ...identity, host, port, idScope, transport: 'mqtt' }) as const;
  if (!(await sdkAvailable())) {
    return {
      facts: { kind: 'wire-device', name: 'the built-in wire device', hint: SDK_INSTALL_HINT },
      register: async (identity) => {
        const result = await registerDevice({ ...options(identity), ca: emulator.ca.certificatePem });
        const isRegistered = result.outcome === 'assigned';
        return isRegistered ? { isRegistered } : { isRegistered, error: `${result.outcome}: ${result.message ?? ''}` };
      },
      stop: async () => undefined,
    };
  }
  const runner = await startSdkRunner({ caPath: emulator.ca.certificatePath });
  return {
    facts: { kind: 'official-sdk', ...runner.sdk },
    register: async (identity) => {
      const result = await runner.register(options(identity));
      if (result.ok) return { isRegistered: true };
      return { isRegistered: false, error: `${result.errorName}: ${result.errorMessage}` };
    },
    stop: () => runner.stop(),
  };
}
