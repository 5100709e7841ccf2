/** Enrollment records in the shape of the service API. [dps-service-behaviour §3.1, §3.2] */
import { isAtLeast } from './api-version.ts';
import { type Attestation, AttestationSchema } from './attestation.ts';
import { type InitialTwin, InitialTwinSchema, type JsonObject } from './twin.ts';

const commonProperties = {
  attestation: AttestationSchema,
  capabilities: {
    type: 'object',
    required: ['iotEdge'],
    properties: { iotEdge: { type: 'boolean' } },
    additionalProperties: false,
  },
  iotHubHostName: { type: 'string' },
  initialTwin: InitialTwinSchema,
  credentialPolicyName: { type: 'string' },
  namespaceName: { type: 'string' },
  certificateAuthorityName: { type: 'string' },
  certificatePolicyName: { type: 'string' },
  etag: { type: 'string' },
  provisioningStatus: { enum: ['enabled', 'disabled'] },
  reprovisionPolicy: {
    type: 'object',
    required: ['updateHubAssignment', 'migrateDeviceData'],
    properties: { updateHubAssignment: { type: 'boolean' }, migrateDeviceData: { type: 'boolean' } },
    additionalProperties: false,
  },
  createdDateTimeUtc: { type: 'string' },
  lastUpdatedDateTimeUtc: { type: 'string' },
  allocationPolicy: { enum: ['hashed', 'geoLatency', 'static', 'custom'] },
  iotHubs: { type: 'array', items: { type: 'string', minLength: 1 } },
  customAllocationDefinition: {
    type: 'object',
    required: ['webhookUrl', 'apiVersion'],
    properties: { webhookUrl: { type: 'string', minLength: 1 }, apiVersion: { type: 'string', minLength: 1 } },
    additionalProperties: false,
  },
} as const;

export const IndividualEnrollmentSchema = {
  type: 'object',
  required: ['registrationId', 'attestation'],
  properties: {
    registrationId: { type: 'string' },
    deviceId: { type: 'string', minLength: 1, maxLength: 128 },
    optionalDeviceInformation: { type: 'object' },
    ...commonProperties,
  },
  additionalProperties: false,
} as const;

export const EnrollmentGroupSchema = {
  type: 'object',
  required: ['enrollmentGroupId', 'attestation'],
  properties: { enrollmentGroupId: { type: 'string' }, ...commonProperties },
  additionalProperties: false,
} as const;

export type { Attestation, SymmetricKeys } from './attestation.ts';

/** Members that came later, each with the api-version that brought it. [found/2026-11 A8] */
export const LATER_MEMBERS = {
  credentialPolicyName: '2025-07-01-preview',
  namespaceName: '2026-11-01',
  certificateAuthorityName: '2026-11-01',
  certificatePolicyName: '2026-11-01',
} as const;

type LaterMembers = { readonly [Name in keyof typeof LATER_MEMBERS]?: string };

/** Those that the record has and the api-version knows: kept and shown, and without effect here. */
export function laterMembers(record: LaterMembers, apiVersion: string): LaterMembers {
  const names = Object.keys(LATER_MEMBERS) as (keyof LaterMembers)[];
  const known = names.filter((name) => record[name] !== undefined && isAtLeast(apiVersion, LATER_MEMBERS[name]));
  return Object.fromEntries(known.map((name) => [name, record[name]]));
}

export type AllocationPolicy = 'hashed' | 'geoLatency' | 'static' | 'custom';

export interface ReprovisionPolicy {
  readonly updateHubAssignment: boolean;
  readonly migrateDeviceData: boolean;
}

interface EnrollmentCommon extends LaterMembers {
  readonly attestation: Attestation;
  readonly capabilities?: { readonly iotEdge: boolean };
  readonly iotHubHostName?: string;
  readonly initialTwin?: InitialTwin;
  readonly etag: string;
  readonly provisioningStatus: 'enabled' | 'disabled';
  readonly reprovisionPolicy?: ReprovisionPolicy;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
  readonly allocationPolicy?: AllocationPolicy;
  readonly iotHubs?: readonly string[];
  readonly customAllocationDefinition?: { readonly webhookUrl: string; readonly apiVersion: string };
}

export interface IndividualEnrollment extends EnrollmentCommon {
  readonly registrationId: string;
  readonly deviceId?: string;
  readonly optionalDeviceInformation?: JsonObject;
}

export interface EnrollmentGroup extends EnrollmentCommon {
  readonly enrollmentGroupId: string;
}

/** An enrollment of either kind, told apart without looking for members. */
export type Enrollment =
  | { readonly kind: 'individual'; readonly record: IndividualEnrollment }
  | { readonly kind: 'group'; readonly record: EnrollmentGroup };
