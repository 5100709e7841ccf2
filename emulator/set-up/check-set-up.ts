/** Checks a set-up document against its schema and the service's own rules; every fault names path, rule and value. */

import { decodeBase64 } from '../core/attestation/sas-token.ts';
import { maskJson } from '../wire/mask.ts';
import { isRegistrationId, REGISTRATION_ID_RULE, registrationKey } from '../wire/registration-id.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment, SetUp, SetUpInstance } from '../wire/set-up.ts';
import { SetUpSchema } from '../wire/set-up.ts';
import type { JsonValue } from '../wire/twin.ts';
import { twinFaults } from '../wire/twin-limits.ts';
import { schemaFaults } from './schema-faults.ts';

export interface SetUpFault {
  /** `dps[0].enrollmentGroups[1].iotHubs` */
  readonly path: string;
  readonly rule: string;
  /** Shortened, with secrets masked. */
  readonly value?: string;
}

export class SetUpError extends Error {
  readonly faults: readonly SetUpFault[];

  /** @param source the file's name, or what else the document came from */
  constructor(source: string, faults: readonly SetUpFault[]) {
    super(faults.map((fault) => `${source}: ${describe(fault)}`).join('\n'));
    this.name = 'SetUpError';
    this.faults = faults;
  }
}

function describe({ path, rule, value }: SetUpFault): string {
  return `${path === '' ? 'the document' : path}: ${rule}${value === undefined ? '' : ` (is ${value})`}`;
}

/** @throws {SetUpError} naming every fault; nothing of the document has been taken over then */
export async function checkSetUp(document: unknown, source: string): Promise<SetUp> {
  const shape = await schemaFaults(SetUpSchema, document);
  if (shape.length > 0) throw new SetUpError(source, shape);
  const setUp = document as SetUp;
  const faults = [...scopeFaults(setUp), ...(setUp.dps ?? []).flatMap(instanceFaults)];
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

function instanceFaults(instance: SetUpInstance, index: number): readonly SetUpFault[] {
  const at = `dps[${index}]`;
  const linked = (instance.linkedHubs ?? []).map((hub) => (typeof hub === 'string' ? hub : hub.name));
  const enrollments = instance.enrollments ?? [];
  const groups = instance.enrollmentGroups ?? [];
  return [
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

function idFaults(path: string, id: string): readonly SetUpFault[] {
  return isRegistrationId(id) ? [] : [{ path, rule: `must be ${REGISTRATION_ID_RULE}`, value: shown(id) }];
}

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
  const names = new Set(linked.map((name) => name.toLowerCase()));
  for (const [index, hub] of (iotHubs ?? []).entries()) {
    if (names.has(hub.toLowerCase())) continue;
    faults.push({
      path: `${path}.iotHubs[${index}]`,
      rule: `must be one of the linkedHubs: ${linked.join(', ') || 'none'}`,
      value: shown(hub),
    });
  }
  for (const [name, key] of Object.entries(record.attestation.symmetricKey ?? {})) {
    const bytes = decodeBase64(key)?.length ?? 0;
    if (bytes >= 16 && bytes <= 64) continue;
    faults.push({
      path: `${path}.attestation.symmetricKey.${name}`,
      rule: 'must be the base64 of 16 to 64 bytes',
      value: '****',
    });
  }
  for (const fault of initialTwin === undefined ? [] : twinFaults(initialTwin)) {
    faults.push({ path: `${path}.initialTwin`, rule: fault });
  }
  return faults;
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

const SHOWN_LENGTH_MAX = 80;

/** A value as a fault shows it: short, and without secrets. */
export function shown(value: unknown): string {
  const text = JSON.stringify(maskJson(value as JsonValue)) ?? String(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}
