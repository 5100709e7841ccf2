/** What the Azure IoT C SDK reports after the replies that a device saw. [dps-device-protocol §7.1; client-traps, table] */

import { TRANSPORTS, type Transport } from '../emulator/wire/transports.ts';
import type { JsonObject } from '../emulator/wire/twin.ts';
import { numberMember, objectMember, readJsonObject, stringMember } from './json-body.ts';

export const C_SDK_RESULTS = [
  'PROV_DEVICE_RESULT_OK',
  'PROV_DEVICE_RESULT_PARSING',
  'PROV_DEVICE_RESULT_TRANSPORT',
  'PROV_DEVICE_RESULT_DEV_AUTH_ERROR',
  'PROV_DEVICE_RESULT_TIMEOUT',
  'PROV_DEVICE_RESULT_ERROR',
  'PROV_DEVICE_RESULT_HUB_NOT_SPECIFIED',
  'PROV_DEVICE_RESULT_UNAUTHORIZED',
  'PROV_DEVICE_RESULT_DISABLED',
] as const;
export type CSdkResultName = (typeof C_SDK_RESULTS)[number];

/** REGISTERING, ASSIGNED and ERROR do not appear with symmetric keys or X.509. [client-traps, below the table] */
export type CSdkStatusName = 'PROV_DEVICE_REG_STATUS_CONNECTED' | 'PROV_DEVICE_REG_STATUS_ASSIGNING';

export interface CSdkReply {
  readonly step: 'connack' | 'suback' | 'register' | 'poll';
  /** CONNACK return code, granted QoS, status in the MQTT topic, HTTP status; AMQP replies have none. */
  readonly status?: number;
  readonly body: string;
  readonly newConnection?: true;
}

/**
 * What ended the exchange when it was not a reply: the connection never stood (or TLS refused it), it was lost, nothing
 * was answered, SASL failed, a link was refused, a message was rejected or released.
 */
export type CSdkEnd = 'not-connected' | 'dropped' | 'no-answer' | 'sasl-refused' | 'link-refused' | 'message-refused';

export interface CSdkObservation {
  readonly transport: Transport;
  readonly replies: readonly CSdkReply[];
  readonly ended?: CSdkEnd;
  /** PROV_OPTION_TIMEOUT as the program set it; 0 or absent: never. */
  readonly timeoutSeconds?: number;
}

export interface CSdkResult {
  /** Null: the register callback has not been called, the SDK still polls, re-sends or waits. */
  readonly result: CSdkResultName | null;
  /** The status callbacks in their order. */
  readonly statuses: readonly CSdkStatusName[];
  /** After the last reply it will send again: the next poll, or the same request. */
  readonly keepsPolling: boolean;
}

type Shorten<Name> = Name extends `PROV_DEVICE_RESULT_${infer Short}` ? Short : never;
type ShortName = Shorten<CSdkResultName>;

type Reading =
  | { readonly kind: 'end'; readonly result: CSdkResultName }
  | { readonly kind: 'assigning' }
  | { readonly kind: 'again' }
  | { readonly kind: 'go-on' };

/** Reads the replies as the C SDK does, stops where it would stop, and says what its callbacks got. */
export function cSdkResult(seen: CSdkObservation): CSdkResult {
  const statuses: CSdkStatusName[] = [];
  if (isConnected(seen)) statuses.push('PROV_DEVICE_REG_STATUS_CONNECTED');
  let keepsPolling = false;
  for (const reply of seen.replies) {
    const reading = readReply(seen.transport, reply);
    if (reading.kind === 'end') return { result: reading.result, statuses, keepsPolling: false };
    if (reading.kind === 'assigning') statuses.push('PROV_DEVICE_REG_STATUS_ASSIGNING');
    keepsPolling = reading.kind !== 'go-on';
  }
  if (seen.ended === undefined) return { result: null, statuses, keepsPolling };
  return { result: resultOfEnd(seen.ended, seen.timeoutSeconds ?? 0), statuses, keepsPolling: false };
}

/** MQTT raises CONNECTED right after it sent SUBSCRIBE; HTTPS and AMQP once connected. [dps-device-protocol §7.1] */
function isConnected(seen: CSdkObservation): boolean {
  if (TRANSPORTS[seen.transport].protocol === 'mqtt') {
    // A list without the CONNACK (a journal's, say) is that of a connection that stood when it holds any later reply.
    return seen.replies.some((reply) => reply.step !== 'connack' || reply.status === 0);
  }
  return (
    seen.replies.length > 0 ||
    seen.ended === 'dropped' ||
    seen.ended === 'no-answer' ||
    seen.ended === 'message-refused'
  );
}

function readReply(transport: Transport, reply: CSdkReply): Reading {
  const status = reply.status ?? 200;
  switch (reply.step) {
    case 'connack':
      return reply.status === undefined || reply.status === 0 ? { kind: 'go-on' } : end('DEV_AUTH_ERROR');
    case 'suback':
      return reply.status === 0x80 ? end('TRANSPORT') : { kind: 'go-on' };
    case 'register':
    case 'poll':
      if (TRANSPORTS[transport].protocol === 'amqp') return readBody(reply.body);
      // The C SDK does not reconnect: it fails where another client comes back. [client-traps, trap 1]
      if (reply.newConnection === true) return end('TRANSPORT');
      if (status >= 429) return { kind: 'again' };
      // MQTT looks at the body only; HTTPS parses 200..226 and 401. [dps-device-protocol §1.6, §2]
      if (transport === 'https' && !(status >= 200 && status <= 226) && status !== 401) return end('TRANSPORT');
      return readBody(reply.body);
  }
}

/** The rows of the result table, in the order in which prov_device_ll_client.c decides. [dps-device-protocol §7.1] */
function readBody(text: string): Reading {
  const body = readJsonObject(text);
  if (body === undefined) return end('TRANSPORT');
  const state = objectMember(body, 'registrationState');
  // Status strings compare case-sensitively. [dps-device-protocol §6.3]
  switch (stringMember(body, 'status')) {
    case 'assigned':
      return isCompleteAssignment(state) ? end('OK') : end('PARSING');
    case 'assigning':
      return stringMember(body, 'operationId') === undefined ? end('PARSING') : { kind: 'assigning' };
    case 'disabled':
      return end('DISABLED');
    case 'unassigned':
      return end('PARSING');
    case 'blacklisted':
      return end('ERROR');
    default:
      return end(resultOfFailure(body, state));
  }
}

function isCompleteAssignment(state: JsonObject | undefined): boolean {
  if (state === undefined) return false;
  return stringMember(state, 'assignedHub') !== undefined && stringMember(state, 'deviceId') !== undefined;
}

/** The code counts only inside a registrationState and beside an operationId. [dps-device-protocol §7.1] */
function resultOfFailure(body: JsonObject, state: JsonObject | undefined): ShortName {
  if (state === undefined || stringMember(body, 'operationId') === undefined) return 'DEV_AUTH_ERROR';
  switch (numberMember(state, 'errorCode')) {
    case 400208:
      return 'HUB_NOT_SPECIFIED';
    case 400209:
      return 'UNAUTHORIZED';
    default:
      return 'DEV_AUTH_ERROR';
  }
}

function resultOfEnd(ended: CSdkEnd, timeoutSeconds: number): CSdkResultName | null {
  if (ended !== 'no-answer') return 'PROV_DEVICE_RESULT_TRANSPORT';
  return timeoutSeconds > 0 ? 'PROV_DEVICE_RESULT_TIMEOUT' : null;
}

function end(name: ShortName): Reading {
  return { kind: 'end', result: `PROV_DEVICE_RESULT_${name}` };
}
