/** A back end's request to a hub after the routes have taken it apart, and the reply before they put it together. */
import type { Answer, BackEndCall } from '../answering.ts';

/** Named as the hub's REST API names them; twins over MQTT, methods and telemetry take their place elsewhere in this folder. */
export type HubOperation =
  | 'getDevice'
  | 'listDevices'
  | 'deleteDevice'
  | 'bulkDevices'
  | 'getTwin'
  | 'queryTwins'
  | 'getStatistics'
  /** Known to hubs, not to this one. */
  | 'notEmulated';

/** What address, headers and body say; each operation reads what is meant for it. */
export interface HubRequest {
  readonly operation: HubOperation;
  /** Empty where the address names no device. */
  readonly deviceId: string;
  /** Empty without a body. */
  readonly body: string;
  readonly ifMatch: string | undefined;
  /** Of the query of the address. */
  readonly top: string | undefined;
  /** `x-ms-max-item-count` */
  readonly maxItemCount: string | undefined;
  /** `x-ms-continuation` */
  readonly continuation: string | undefined;
}

export type HubCall = BackEndCall<HubRequest>;

export interface HubReply {
  /** HTTP status. */
  readonly status: number;
  /** The body as it goes over the wire; empty with 204. */
  readonly text: string;
  /** The name of the error, on a refusal. */
  readonly errorName?: string;
  /** Headers of a query's answer. */
  readonly paging?: { readonly itemType: 'Twin'; readonly continuation?: string };
  readonly requestId: string;
}

export type HubAnswer = Answer<NonNullable<HubReply['paging']>>;
