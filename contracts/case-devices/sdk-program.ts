/** The official Node SDK as a device: one child process for all cases, and its errors read as a device's report. */

import { objectMember, stringMember } from '../../device/json-body.ts';
import { SDK_INSTALL_HINT, type SdkRunner, sdkAvailable, startSdkRunner } from '../../device/sdk-device.ts';
import type { SdkOutcome } from '../../device/sdk-protocol.ts';
import { isJsonObject } from '../../emulator/wire/twin.ts';
import { type DeviceReport, reportedMembers } from './case-device.ts';
import { type DeviceProgram, DeviceProgramError } from './program-case-device.ts';

export interface SdkProgram extends DeviceProgram {
  stop(): Promise<void>;
}

/** @throws {DeviceProgramError} when the SDK is not installed */
export async function requireSdk(): Promise<void> {
  if (await sdkAvailable()) return;
  throw new DeviceProgramError(`the official SDK is not installed; install it with: ${SDK_INSTALL_HINT}`);
}

/** The process starts at the first registration, once the CA is known. */
export function createSdkProgram(caPath: string): SdkProgram {
  let starting: Promise<SdkRunner> | undefined;
  return {
    register: async (options, signal) => {
      starting ??= startSdkRunner({ caPath });
      const runner = await starting;
      return reportOf(await runner.register({ ...options, signal }));
    },
    stop: async () => {
      const runner = await starting?.catch(() => undefined);
      await runner?.stop();
    },
  };
}

/** The service's own words are attached to most of the SDK's errors, `disabled` among them. [dps-service-behaviour §5.5] */
function reportOf(outcome: SdkOutcome): DeviceReport {
  if (outcome.ok) {
    const state = isJsonObject(outcome.registrationState) ? outcome.registrationState : {};
    return { outcome: 'assigned', ...reportedMembers(state) };
  }
  const result = isJsonObject(outcome.result) ? outcome.result : {};
  const state = objectMember(result, 'registrationState') ?? result;
  const status = stringMember(result, 'status');
  return {
    outcome: status === 'disabled' || status === 'failed' ? status : 'refused',
    ...reportedMembers(state),
    message: `${outcome.errorName}: ${outcome.errorMessage}`,
  };
}
