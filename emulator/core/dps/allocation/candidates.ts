/** Which hubs a registration may end at, before any policy chooses among them. */
import type { Enrollment, ReprovisionPolicy } from '../../../wire/enrollment.ts';
import type { DpsInstance, LinkedHub } from '../../store/instances.ts';
import type { Assignment } from '../../store/registrations.ts';

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
  const { iotHubs = [], iotHubHostName } = enrollment.record;
  const named = iotHubs.length > 0 ? iotHubs : iotHubHostName === undefined ? [] : [iotHubHostName];
  if (named.length === 0) return instance.linkedHubs.map((hub) => hub.name);
  const linked = linkedByName(instance);
  return named.map((name) => linked.get(name.toLowerCase())?.name ?? name);
}

/** Host names compare without regard to case; the spelling of the link is the one that is shown. */
function linkedByName(instance: DpsInstance): ReadonlyMap<string, LinkedHub> {
  return new Map(instance.linkedHubs.map((hub) => [hub.name.toLowerCase(), hub]));
}

/**
 * The same hubs, in the same order, as a policy weighs them. A hub linked with `applyAllocationPolicy: false` is left out unless the
 * enrollment names it. [dps-service-behaviour §2]
 */
export function weighedHubs(
  instance: DpsInstance,
  enrollment: Enrollment,
  offered: readonly string[],
): readonly LinkedHub[] {
  const isNamed = (enrollment.record.iotHubs?.length ?? 0) > 0 || enrollment.record.iotHubHostName !== undefined;
  const linked = linkedByName(instance);
  return offered.flatMap((name) => {
    const hub = linked.get(name.toLowerCase());
    return hub !== undefined && (isNamed || hub.applyAllocationPolicy !== false) ? [hub] : [];
  });
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
