/** The MQTT dialect of the device API: user names and topics. [dps-device-protocol §1.2, §1.3] */

/** The only filter that a device may subscribe to. */
export const RESPONSE_FILTER = '$dps/registrations/res/#';

export interface DeviceUserName {
  readonly idScope: string;
  readonly registrationId: string;
  readonly apiVersion: string;
  /** The parameters begin with a `?`, as a hub's do. */
  readonly hasQuestionMark: boolean;
}

/** `{scope}/registrations/{id}/api-version=…[&ClientVersion=…]`, without a `?` and with nothing decoded. */
export function parseUserName(text: string): DeviceUserName | undefined {
  const [idScope, literal, registrationId, ...rest] = text.split('/');
  if (!idScope || literal !== 'registrations' || !registrationId || rest.length === 0) return undefined;
  const query = rest.join('/');
  const apiVersion = parameters(query.replace(/^\?/, '')).get('api-version');
  return apiVersion ? { idScope, registrationId, apiVersion, hasQuestionMark: query.startsWith('?') } : undefined;
}

/** `{hub}/{device}[/{module}]/?api-version=…`: a device that has been provisioned. An ID scope has no dot. [hub-protocol] */
export function parseHubUserName(text: string): { readonly hub: string; readonly deviceId: string } | undefined {
  const [hub = '', deviceId = ''] = text.split('/');
  return hub.includes('.') && deviceId !== '' && deviceId !== 'registrations' ? { hub, deviceId } : undefined;
}

export type RequestTopic =
  | { readonly operation: 'register'; readonly requestId: string }
  | { readonly operation: 'poll'; readonly requestId: string; readonly operationId: string | undefined };

const REGISTER = '$dps/registrations/PUT/iotdps-register/';
const POLL = '$dps/registrations/GET/iotdps-get-operationstatus/';

/** `undefined` for every topic that is not documented. A missing `$rid` is answered with an empty one. */
export function parseRequestTopic(topic: string): RequestTopic | undefined {
  const question = topic.indexOf('?');
  const path = question < 0 ? topic : topic.slice(0, question);
  const query = parameters(question < 0 ? '' : topic.slice(question + 1));
  const requestId = query.get('$rid') ?? '';
  if (path === REGISTER) return { operation: 'register', requestId };
  if (path === POLL) return { operation: 'poll', requestId, operationId: query.get('operationId') };
  return undefined;
}

/** `$rid` first, `retry-after` second, nothing else: C#, Java and Python read it in this order only. [§1.4] */
export function responseTopic(status: number, requestId: string, retryAfterSeconds: number | undefined): string {
  const wait = retryAfterSeconds === undefined ? '' : `&retry-after=${retryAfterSeconds}`;
  return `$dps/registrations/res/${status}/?$rid=${requestId}${wait}`;
}

/** The first of two parameters with one name counts; nothing is percent-decoded. */
function parameters(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (name !== '' && !found.has(name)) found.set(name, equals < 0 ? '' : part.slice(equals + 1));
  }
  return found;
}
