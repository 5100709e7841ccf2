/** The body with which an IoT hub refuses: older than, and unlike, the provisioning service's. [dps-service-behaviour §4.8, §10.2] */

export interface HubErrorBody {
  readonly Message: string;
  readonly ExceptionMessage: string;
}

export interface HubErrorDetails {
  readonly code: string;
  readonly message: string;
  readonly trackingId: string;
  /** ISO 8601. */
  readonly at: string;
  /** Why, for the user of the emulator. */
  readonly reason?: string | undefined;
}

/** The same as text: what the service hands on to a device when a hub has refused it. */
export function hubErrorText(details: HubErrorDetails): string {
  return JSON.stringify(hubErrorBody(details));
}

export function hubErrorBody({ code, message, trackingId, at, reason }: HubErrorDetails): HubErrorBody {
  const tracking = `Tracking ID:${trackingId.replaceAll('-', '')}-G:0-TimeStamp:${at}`;
  return {
    Message: `ErrorCode:${code};${message}`,
    ExceptionMessage: reason === undefined ? tracking : `${tracking}; ${reason}`,
  };
}
