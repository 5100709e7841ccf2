/** A device and its twin as their hub shows them. [dps-service-behaviour §10.2] */
import type { SymmetricKeys } from './enrollment.ts';
import type { JsonObject } from './twin.ts';

/** A device as its hub lists it. */
export interface HubDevice {
  readonly deviceId: string;
  readonly generationId: string;
  readonly etag: string;
  readonly connectionState: 'Disconnected';
  readonly status: 'enabled';
  readonly statusUpdatedTime: string;
  readonly capabilities: { readonly iotEdge: boolean };
  readonly authentication: HubAuthentication;
}

/** What a device authenticates with at its hub. [dps-service-behaviour §5.3] */
export type HubAuthentication =
  | { readonly type: 'sas'; readonly symmetricKey: SymmetricKeys }
  | { readonly type: 'selfSigned'; readonly x509Thumbprint: { readonly primaryThumbprint: string } };

/** A device's twin. Reported properties stay empty until devices can connect to the hub. */
export interface HubTwin {
  readonly deviceId: string;
  readonly etag: string;
  readonly version: number;
  readonly tags: JsonObject;
  readonly properties: { readonly desired: JsonObject; readonly reported: JsonObject };
}
