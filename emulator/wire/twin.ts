/** The initial twin as enrollments and webhooks give it, and the hub's limits on it. */
import type { XStatic } from 'typebox/schema';

/** `initialTwin`: tags and desired properties; both optional, `null` means absent. [dps-service-behaviour §1.5, §3.1] */
export const InitialTwinSchema = {
  type: 'object',
  properties: {
    tags: { type: ['object', 'null'] },
    properties: {
      type: ['object', 'null'],
      properties: { desired: { type: ['object', 'null'] } },
    },
  },
} as const;

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export interface InitialTwin {
  readonly tags?: JsonObject | null;
  readonly properties?: { readonly desired?: JsonObject | null } | null;
}

/** Keeps the declared type and the schema from drifting apart: the schema's own type must accept an `InitialTwin`. */
export type InitialTwinFromSchema = XStatic<typeof InitialTwinSchema>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
