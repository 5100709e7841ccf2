/** Checks a set-up document against its schema and the service's own rules; every fault names path, rule and value. */

import { type GivenPolicy, isPolicyName, POLICY_NAME_RULE } from '../../wire/access-policy.ts';
import { isAtLeast } from '../../wire/api-version.ts';
import { schemaFaults } from '../../wire/check-shape.ts';
import { HUB_DEVICE_ID_RULE, isHubDeviceId } from '../../wire/device-id.ts';
import { SetUpError, type SetUpFault, shown } from '../../wire/fault.ts';
import { isTooDeep, JSON_DEPTH_MAX } from '../../wire/json-depth.ts';
import { MASK } from '../../wire/mask.ts';
import { isRegistrationId, REGISTRATION_ID_RULE, registrationKey } from '../../wire/registration-id.ts';
import {
  type GivenEnrollmentGroup,
  type GivenIndividualEnrollment,
  type SetUp,
  type SetUpInstance,
  SetUpSchema,
} from '../../wire/set-up.ts';
import { decodeBase64 } from '../../wire/symmetric-key.ts';
import type { JsonValue } from '../../wire/twin.ts';
import { twinFaults } from '../../wire/twin-limits.ts';
import { storedAttestation } from '../dps/attestation/stored-attestation.ts';

export { SetUpError, type SetUpFault, shown } from '../../wire/fault.ts';

/** @throws {SetUpError} naming every fault; nothing of the document has been taken over then */
export async function checkSetUp(document: unknown, source: string): Promise<SetUp> {
  if (isTooDeep(document as JsonValue)) {
    throw new SetUpError(source, [{ path: '', rule: `must not be nested deeper than ${JSON_DEPTH_MAX} levels` }]);
  }
  const shape = await schemaFaults(SetUpSchema, document);
  if (shape.length > 0) throw new SetUpError(source, shape);
  const setUp = document as SetUp;
  const faults = [...scopeFaults(setUp), ...(setUp.dps ?? []).flatMap(instanceFaults), ...hubFaults(setUp)];
  if (faults.length > 0) throw new SetUpError(source, faults);
  return setUp;
}

function scopeFaults({ dps = [] }: SetUp): readonly SetUpFault[] {
  return [
    ...duplicates(
      dps.map((instance) => instance.idScope),
      (index) => `dps[${index}].idScope`,
    ),
    ...duplicates(
      dps.map((instance) => instance.name),
      (index) => `dps[${index}].name`,
    ),
  ];
}

function hubFaults({ hubs = [] }: SetUp): readonly SetUpFault[] {
  return hubs.flatMap((hub, index) =>
    typeof hub === 'string' ? [] : policyFaults(`hubs[${index}].policies`, hub.policies ?? []),
  );
}

function instanceFaults(instance: SetUpInstance, index: number): readonly SetUpFault[] {
  const at = `dps[${index}]`;
  const linked = (instance.linkedHubs ?? []).map((hub) => (typeof hub === 'string' ? hub : hub.name));
  const enrollments = instance.enrollments ?? [];
  const groups = instance.enrollmentGroups ?? [];
  return [
    ...policyFaults(`${at}.policies`, instance.policies ?? []),
    ...duplicates(linked, (position) => `${at}.linkedHubs[${position}]`),
    ...duplicates(
      enrollments.map((one) => one.registrationId),
      (position) => `${at}.enrollments[${position}].registrationId`,
    ),
    ...duplicates(
      groups.map((one) => one.enrollmentGroupId),
      (position) => `${at}.enrollmentGroups[${position}].enrollmentGroupId`,
    ),
    ...enrollments.flatMap((one, position) => {
      const path = `${at}.enrollments[${position}]`;
      return [...idFaults(`${path}.registrationId`, one.registrationId), ...enrollmentFaults(path, one, linked)];
    }),
    ...groups.flatMap((one, position) => {
      const path = `${at}.enrollmentGroups[${position}]`;
      return [...idFaults(`${path}.enrollmentGroupId`, one.enrollmentGroupId), ...enrollmentFaults(path, one, linked)];
    }),
  ];
}

/** A policy is found by its name; its keys sign, so they must be base64. */
function policyFaults(path: string, policies: readonly GivenPolicy<string>[]): readonly SetUpFault[] {
  return [
    ...duplicates(
      policies.map((policy) => policy.keyName),
      (index) => `${path}[${index}].keyName`,
    ),
    ...policies.flatMap((policy, index) =>
      isPolicyName(policy.keyName)
        ? []
        : [{ path: `${path}[${index}].keyName`, rule: POLICY_NAME_RULE, value: shown(policy.keyName) }],
    ),
    ...policies.flatMap((policy, index) =>
      (['primaryKey', 'secondaryKey'] as const).flatMap((name) => {
        const key = policy[name];
        if (key === undefined || (decodeBase64(key)?.length ?? 0) > 0) return [];
        return [{ path: `${path}[${index}].${name}`, rule: 'must be base64', value: MASK }];
      }),
    ),
  ];
}

function idFaults(path: string, id: string): readonly SetUpFault[] {
  return isRegistrationId(id) ? [] : [{ path, rule: `must be ${REGISTRATION_ID_RULE}`, value: shown(id) }];
}

/** Stands for a key that is generated later: checking changes nothing. */
const ANY_KEY = Buffer.alloc(64).toString('base64');

/** The oldest version in which a webhook can be asked. [dps-service-behaviour §1.4] */
const ALLOCATION_API_VERSION_MIN = '2018-09-01-preview';

/** The service's own rules on a record. [dps-service-behaviour §1.1, §2, §3.3] */
function enrollmentFaults(
  path: string,
  record: GivenIndividualEnrollment | GivenEnrollmentGroup,
  linked: readonly string[],
): readonly SetUpFault[] {
  const { allocationPolicy, iotHubs, customAllocationDefinition, initialTwin } = record;
  const faults: SetUpFault[] = [];
  if (allocationPolicy === 'custom' && customAllocationDefinition === undefined) {
    const rule = 'is required when allocationPolicy is "custom": { "webhookUrl": …, "apiVersion": "2021-10-01" }';
    faults.push({ path: `${path}.customAllocationDefinition`, rule });
  }
  if (iotHubs !== undefined && iotHubs.length > 0 && allocationPolicy === undefined) {
    faults.push({ path: `${path}.allocationPolicy`, rule: 'must be specified when iotHubs are specified' });
  }
  if (allocationPolicy === 'static' && (iotHubs?.length ?? 0) !== 1 && record.iotHubHostName === undefined) {
    faults.push({
      path: `${path}.iotHubs`,
      rule: 'must name exactly one hub when allocationPolicy is "static"',
      value: shown(iotHubs ?? []),
    });
  }
  const { apiVersion } = customAllocationDefinition ?? {};
  if (apiVersion !== undefined && !isAtLeast(apiVersion, ALLOCATION_API_VERSION_MIN)) {
    const rule = `must be ${ALLOCATION_API_VERSION_MIN} or later`;
    faults.push({ path: `${path}.customAllocationDefinition.apiVersion`, rule, value: shown(apiVersion) });
  }
  if ('deviceId' in record && record.deviceId !== undefined && !isHubDeviceId(record.deviceId)) {
    faults.push({ path: `${path}.deviceId`, rule: HUB_DEVICE_ID_RULE, value: shown(record.deviceId) });
  }
  faults.push(...linkFaults(path, record, linked));
  const enrollmentKind = 'registrationId' in record ? 'individual' : 'group';
  const outcome = storedAttestation(record.attestation, { enrollmentKind, generateKey: () => ANY_KEY });
  for (const fault of outcome.kind === 'faulty' ? outcome.faults : []) {
    const isKey = fault.path.startsWith('symmetricKey.');
    faults.push({ path: `${path}.attestation.${fault.path}`, rule: fault.rule, ...(isKey && { value: MASK }) });
  }
  for (const fault of initialTwin === undefined ? [] : twinFaults(initialTwin)) {
    faults.push({ path: `${path}.initialTwin`, rule: fault });
  }
  return faults;
}

function linkFaults(
  path: string,
  { iotHubs = [], iotHubHostName }: GivenIndividualEnrollment | GivenEnrollmentGroup,
  linked: readonly string[],
): readonly SetUpFault[] {
  const names = new Set(linked.map((name) => name.toLowerCase()));
  const rule = `must be one of the linkedHubs: ${linked.join(', ') || 'none'}`;
  const named = iotHubs.map((hub, index) => ({ hub, at: `${path}.iotHubs[${index}]` }));
  if (iotHubHostName !== undefined) named.push({ hub: iotHubHostName, at: `${path}.iotHubHostName` });
  return named
    .filter(({ hub }) => !names.has(hub.toLowerCase()))
    .map(({ hub, at }) => ({ path: at, rule, value: shown(hub) }));
}

function duplicates(names: readonly string[], pathOf: (index: number) => string): readonly SetUpFault[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const key = registrationKey(name);
    if (seen.has(key)) return [{ path: pathOf(index), rule: 'stands twice', value: shown(name) }];
    seen.add(key);
    return [];
  });
}
