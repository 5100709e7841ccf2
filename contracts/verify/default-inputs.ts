/** Ids, hubs and payload that requests are made from when the caller names none: the tutorial's own. */
import type { JsonObject } from '../../emulator/wire/twin.ts';

/** [dps-service-behaviour §1.8, §3.3] */
export const TUTORIAL_IDS = ['breakroom499-contoso-tstrsd-007', 'mainbuilding167-contoso-hpsd-088'] as const;

export const TUTORIAL_HUBS = [
  'contoso-toasters-hub-1098.azure-devices.net',
  'contoso-heatpumps-hub-1098.azure-devices.net',
] as const;

export const TUTORIAL_PAYLOAD: JsonObject = {
  MyDeviceFirmwareVersion: '12.0.2.5',
  MyDeviceProvisioningVersion: '1.0.0.0',
};

/** Linked hubs per service, so the longest list there is. [dps-service-behaviour §6] */
export const LINKED_HUBS_MAX = 50;

/** Hubs without any name of the demo's: `verify-hub-01.azure-devices.net` and so on. */
export function neutralHubs(count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `verify-hub-${String(index + 1).padStart(2, '0')}.azure-devices.net`,
  );
}
