/** Every error of the hub's REST API, a row each; raised as a `HubError`, rendered by the hub service. [dps-service-behaviour §10.2] */

interface HubErrorRow {
  readonly status: number;
  readonly errorCode: number;
  readonly message: string;
}

/** Codes of the hub's common-error page where it has one. */
export const HUB_ERRORS = {
  ArgumentInvalid: { status: 400, errorCode: 400004, message: 'The request is not valid.' },
  IotHubUnauthorizedAccess: { status: 401, errorCode: 401002, message: 'Unauthorized' },
  DeviceNotFound: { status: 404, errorCode: 404001, message: 'The device is not registered.' },
  IotHubNotFound: { status: 404, errorCode: 404000, message: 'There is no such hub.' },
  MethodNotAllowed: { status: 405, errorCode: 405000, message: 'The method is not allowed at this address.' },
  PreconditionFailed: { status: 412, errorCode: 412001, message: 'The etag is not that of the device.' },
  ServerError: { status: 500, errorCode: 500001, message: 'The hub hit an internal error.' },
  NotImplemented: {
    status: 501,
    errorCode: 501000,
    message: 'dps-emulator does not emulate this operation of a hub yet.',
  },
} as const satisfies Record<string, HubErrorRow>;

export type HubErrorName = keyof typeof HUB_ERRORS;

export class HubError extends Error {
  readonly errorName: HubErrorName;
  readonly status: number;
  readonly errorCode: number;
  /** For the user of the emulator. */
  readonly reason: string | undefined;

  constructor(errorName: HubErrorName, detail: { readonly message?: string; readonly reason?: string } = {}) {
    super(detail.message ?? HUB_ERRORS[errorName].message);
    this.name = 'HubError';
    this.errorName = errorName;
    this.status = HUB_ERRORS[errorName].status;
    this.errorCode = HUB_ERRORS[errorName].errorCode;
    this.reason = detail.reason;
  }
}
