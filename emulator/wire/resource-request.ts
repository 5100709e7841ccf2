/** Requests that create or change resources: their members, as JSON Schema and as types. What a request leaves out stays as it is. */
import { type ResourceFacts, resourceFactsSchema, type Tags } from './resource.ts';

const skuSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, tier: { type: 'string' }, capacity: { type: 'integer', minimum: 1 } },
  additionalProperties: false,
} as const;

const commonSchema = { ...resourceFactsSchema, etag: { type: 'string' }, sku: skuSchema } as const;

export const ResourceGroupRequestSchema = {
  type: 'object',
  required: ['location'],
  properties: { location: resourceFactsSchema.location, tags: resourceFactsSchema.tags },
  additionalProperties: false,
} as const;

const policiesSchema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['keyName', 'rights'],
    properties: {
      keyName: { type: 'string', minLength: 1, maxLength: 64 },
      // One text with commas in it.
      rights: { type: 'string', minLength: 1 },
      primaryKey: { type: 'string', minLength: 1 },
      secondaryKey: { type: 'string', minLength: 1 },
    },
    additionalProperties: false,
  },
} as const;

export const IotHubRequestSchema = {
  type: 'object',
  properties: {
    ...commonSchema,
    properties: {
      type: 'object',
      properties: { authorizationPolicies: policiesSchema },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const;

export const ProvisioningServiceRequestSchema = {
  type: 'object',
  properties: {
    ...commonSchema,
    properties: {
      type: 'object',
      properties: {
        allocationPolicy: { enum: ['Hashed', 'GeoLatency', 'Static'] },
        iotHubs: {
          type: 'array',
          items: {
            type: 'object',
            required: ['connectionString'],
            properties: {
              connectionString: { type: 'string', minLength: 1 },
              name: { type: 'string' },
              location: { type: 'string', minLength: 1 },
              allocationWeight: { type: ['integer', 'null'], minimum: 1, maximum: 1000 },
              applyAllocationPolicy: { type: ['boolean', 'null'] },
            },
            additionalProperties: false,
          },
        },
        authorizationPolicies: policiesSchema,
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const;

export interface ResourceGroupRequest {
  readonly location: string;
  readonly tags?: Tags;
}

interface ResourceRequest extends ResourceFacts {
  /** When given, it must be the one that the resource has. */
  readonly etag?: string;
  readonly sku?: { readonly name?: string; readonly tier?: string; readonly capacity?: number };
}

export interface IotHubRequest extends ResourceRequest {
  readonly properties?: {
    /** All of them. */
    readonly authorizationPolicies?: readonly PolicyRequest[];
  };
}

export interface ProvisioningServiceRequest extends ResourceRequest {
  readonly properties?: {
    readonly allocationPolicy?: 'Hashed' | 'GeoLatency' | 'Static';
    /** All of them: a link that is not among them is removed. */
    readonly iotHubs?: readonly LinkedHubRequest[];
    /** All of them. */
    readonly authorizationPolicies?: readonly PolicyRequest[];
  };
}

export interface LinkedHubRequest {
  /** With a masked key it means the link that is there. */
  readonly connectionString: string;
  readonly name?: string;
  readonly location?: string;
  readonly allocationWeight?: number | null;
  readonly applyAllocationPolicy?: boolean | null;
}

export interface PolicyRequest {
  readonly keyName: string;
  /** `EnrollmentRead, EnrollmentWrite`; of a hub `RegistryRead, ServiceConnect` */
  readonly rights: string;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
}

export function rightsIn(rights: string): readonly string[] {
  return rights
    .split(',')
    .map((right) => right.trim())
    .filter((right) => right !== '');
}
