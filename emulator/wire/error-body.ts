/** The body that every refused request carries, on every transport. [dps-device-protocol §6.4] */

export interface ServiceErrorBody {
  readonly errorCode: number;
  readonly trackingId: string;
  readonly message: string;
  /** Service API only: what else is known. [dps-service-behaviour §4.3] */
  readonly info?: Readonly<Record<string, string>>;
  readonly timestampUtc: string;
}

/** The HTTP status (and the status in the MQTT response topic) is the code without its last three digits. */
export function httpStatusOf(errorCode: number): number {
  return Math.trunc(errorCode / 1000);
}
