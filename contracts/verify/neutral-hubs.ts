/** Hubs that requests are made from besides the caller's. */

/** Linked hubs per service, so the longest list there is. [dps-service-behaviour §6] */
export const LINKED_HUBS_MAX = 50;

/** Hubs without any name of the demo's: `verify-hub-01.azure-devices.net` and so on. */
export function neutralHubs(count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `verify-hub-${String(index + 1).padStart(2, '0')}.azure-devices.net`,
  );
}
