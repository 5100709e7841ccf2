/** The one document that describes what an emulator holds: start-up file, seed call and export share it. */

import {
  DpsPolicySchema,
  type DpsRight,
  type GivenPolicy,
  HUB_DEFAULTS,
  HubPolicySchema,
  type HubRight,
} from './access-policy.ts';
import type { GivenAttestation } from './attestation.ts';
import {
  type AllocationPolicy,
  type EnrollmentGroup,
  EnrollmentGroupSchema,
  type IndividualEnrollment,
  IndividualEnrollmentSchema,
} from './enrollment.ts';

import { type ResourceFacts, resourceFactsSchema } from './resource.ts';

export const LinkedHubSchema = {
  title: "a hub's host name, or an object with name",
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 1 },
        allocationWeight: { type: 'integer', minimum: 1, maximum: 1000 },
        applyAllocationPolicy: { type: 'boolean' },
        location: { type: 'string', minLength: 1 },
        policy: { type: 'string', minLength: 1 },
        key: { type: 'string', minLength: 1 },
        isDeleted: { description: 'The hub is gone; the link to it stayed.', type: 'boolean' },
      },
      additionalProperties: false,
    },
  ],
} as const;

const hubSchema = {
  title: "a hub's host name, or an object with name",
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 1 },
        policies: { type: 'array', items: HubPolicySchema },
        deletedPolicies: {
          description: 'Policies that a hub is born with and that this one no longer has.',
          type: 'array',
          items: { enum: HUB_DEFAULTS.map(({ keyName }) => keyName) },
        },
        ...resourceFactsSchema,
      },
      additionalProperties: false,
    },
  ],
} as const;

export const IdScopeSchema = {
  title: '1 to 64 letters and digits',
  type: 'string',
  pattern: '^[0-9A-Za-z]{1,64}$',
} as const;

const instanceSchema = {
  type: 'object',
  required: ['name', 'idScope'],
  properties: {
    name: { type: 'string', minLength: 1 },
    idScope: IdScopeSchema,
    allocationPolicy: { enum: ['hashed', 'geoLatency', 'static'] },
    linkedHubs: { type: 'array', items: LinkedHubSchema },
    unlinkedHubs: {
      description: 'Hubs that enrollments name although they are no longer linked.',
      type: 'array',
      items: { type: 'string', minLength: 1 },
    },
    policies: { type: 'array', items: DpsPolicySchema },
    enrollments: { type: 'array', items: IndividualEnrollmentSchema },
    enrollmentGroups: { type: 'array', items: EnrollmentGroupSchema },
    ...resourceFactsSchema,
  },
  additionalProperties: false,
} as const;

export const SetUpSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'dps-emulator set-up',
  description: 'Provisioning services with their linked hubs and enrollments: start-up file, seed call and export.',
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    dps: { type: 'array', items: instanceSchema },
    hubs: { type: 'array', items: hubSchema },
  },
  additionalProperties: false,
} as const;

type Given<T> = Omit<
  T,
  'attestation' | 'etag' | 'provisioningStatus' | 'createdDateTimeUtc' | 'lastUpdatedDateTimeUtc'
> & {
  /** Keys that are left out are generated. */
  readonly attestation: GivenAttestation;
  readonly etag?: string;
  readonly provisioningStatus?: 'enabled' | 'disabled';
  readonly createdDateTimeUtc?: string;
  readonly lastUpdatedDateTimeUtc?: string;
};

export type GivenIndividualEnrollment = Given<IndividualEnrollment>;
export type GivenEnrollmentGroup = Given<EnrollmentGroup>;
export type GivenEnrollment = GivenIndividualEnrollment | GivenEnrollmentGroup;

export interface GivenLinkedHub {
  readonly name: string;
  readonly allocationWeight?: number;
  readonly applyAllocationPolicy?: boolean;
  /** Region, as the link was made; changes nothing. */
  readonly location?: string;
  /** The hub's policy that the link was made with; `iothubowner` when absent. */
  readonly policy?: string;
  /** The key that the link was made with; when absent, the policy's primary key as it is when the document is loaded. */
  readonly key?: string;
  /** The hub was deleted and its link stayed: it is not made anew. */
  readonly isDeleted?: boolean;
}

export interface GivenHub extends ResourceFacts {
  readonly name: string;
  /** The policies that a hub is born with are added where they are missing. */
  readonly policies?: readonly GivenPolicy<HubRight>[];
  /** Those of them that it no longer has. */
  readonly deletedPolicies?: readonly string[];
}

export interface SetUpInstance extends ResourceFacts {
  /** Its service host is `{name}.azure-devices-provisioning.net`. */
  readonly name: string;
  readonly idScope: string;
  /** What an enrollment without a policy gets; `hashed` when absent. */
  readonly allocationPolicy?: Exclude<AllocationPolicy, 'custom'>;
  readonly linkedHubs?: readonly (string | GivenLinkedHub)[];
  /** Hubs that enrollments may name although they are not linked: they were, when the enrollments were written. */
  readonly unlinkedHubs?: readonly string[];
  /** `provisioningserviceowner` is added where it is missing. */
  readonly policies?: readonly GivenPolicy<DpsRight>[];
  readonly enrollments?: readonly GivenIndividualEnrollment[];
  readonly enrollmentGroups?: readonly GivenEnrollmentGroup[];
}

/** The set-up document. Hubs that are linked need not be listed under `hubs`. */
export interface SetUp {
  readonly $schema?: string;
  readonly dps?: readonly SetUpInstance[];
  readonly hubs?: readonly (string | GivenHub)[];
}
