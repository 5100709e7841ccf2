/** Which hubs a registration may end at, before any policy chooses among them. */
import type { Enrollment, ReprovisionPolicy } from '../../wire/enrollment.ts';
import type { DpsInstance, LinkedHub } from '../store/instances.ts';
import type { Assignment } from '../store/registrations.ts';

/**
 * The hubs named on the enrollment, else all linked hubs; only the current hub when the device is assigned and its
 * policy is never to move. Offered to the webhook as `linkedHubs`. [dps-service-behaviour §1.3]
 */
export function offeredHubs(
  instance: DpsInstance,
  enrollment: Enrollment,
  staysAt: Assignment | undefined,
): readonly string[] {
  if (staysAt !== undefined) return [staysAt.hub];
  const { iotHubs, iotHubHostName } = enrollment.record;
  if (iotHubs !== undefined && iotHubs.length > 0) return iotHubs;
  if (iotHubHostName !== undefined) return [iotHubHostName];
  return instance.linkedHubs.map((hub) => hub.name);
}

/**
 * The same hubs as a policy weighs them. A hub linked with `applyAllocationPolicy: false` is left out unless the
 * enrollment names it. [dps-service-behaviour §2]
 */
export function weighedHubs(
  instance: DpsInstance,
  enrollment: Enrollment,
  offered: readonly string[],
): readonly LinkedHub[] {
  const isNamed = (enrollment.record.iotHubs?.length ?? 0) > 0 || enrollment.record.iotHubHostName !== undefined;
  const names = new Set(offered.map((name) => name.toLowerCase()));
  return instance.linkedHubs.filter(
    (hub) => names.has(hub.name.toLowerCase()) && (isNamed || hub.applyAllocationPolicy !== false),
  );
}

/** Device api-versions up to this one never move a device whose enrollment stores no policy. [dps-service-behaviour §5.4] */
const LAST_STICKY_API_VERSION = '2018-04-01';

/** The policy in force; without one, a newer device is re-evaluated and migrated. [dps-service-behaviour §5.4] */
export function reprovisionPolicyOf(enrollment: Enrollment, apiVersion: string): ReprovisionPolicy {
  const stored = enrollment.record.reprovisionPolicy;
  if (stored !== undefined) return stored;
  const isSticky = apiVersion.slice(0, 10) <= LAST_STICKY_API_VERSION;
  return { updateHubAssignment: !isSticky, migrateDeviceData: !isSticky };
}
