/** A device's request after a transport has taken it apart, and the reply before a transport puts it together. */

import type { ServiceErrorBody } from '../../wire/error-body.ts';
import type { DeviceRegistrationResult, RegistrationOperationStatus, TpmChallenge } from '../../wire/registration.ts';
import type { Transport } from '../../wire/transports.ts';
import type { Credential } from './attestation/credential.ts';

export interface DeviceCall {
  readonly transport: Transport;
  readonly idScope: string;
  /** As the connection or the path gives it, decoded. */
  readonly registrationId: string;
  readonly apiVersion: string | undefined;
  readonly credential: Credential;
  readonly request:
    | { readonly operation: 'register'; readonly body: string }
    | { readonly operation: 'poll'; readonly operationId: string | undefined }
    | { readonly operation: 'lookup'; readonly body: string };
}

export type ReplyBody = RegistrationOperationStatus | DeviceRegistrationResult | ServiceErrorBody | TpmChallenge;

export interface Reply {
  /** HTTP status, and the status in the MQTT response topic. */
  readonly status: number;
  readonly body: ReplyBody;
  /** The body as it goes over the wire. */
  readonly text: string;
  /** Present on 202. */
  readonly retryAfterSeconds?: number;
  /** Present on a refusal. */
  readonly errorCode?: number;
  readonly requestId: string;
}
