/** One request of a device, good or spoilt, sent the same way over each transport; and the answer, told the same way. */
import { httpsClient } from '../../http/support/https-client.ts';
import { connectDevice } from '../../mqtt/support/mqtt-device.ts';
import { pollTopic, registerTopic, userName } from '../../mqtt/support/packets.ts';
import { API_VERSION, type Emulator, tokenFor } from './emulators.ts';

export const TRANSPORTS = ['https', 'mqtt', 'mqtt-ws'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface DeviceRequest {
  readonly idScope: string;
  readonly registrationId: string;
  readonly apiVersion: string;
  /** `undefined`: no credential at all. */
  readonly token: string | undefined;
  readonly operation: 'register' | 'poll';
  readonly body: string;
  readonly operationId: string;
}

export interface DeviceAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Record<string, unknown>;
}

export function goodRequest(
  operation: 'register' | 'poll',
  idScope: string,
  registrationId: string,
  operationId = '',
): DeviceRequest {
  const token = tokenFor({ idScope, registrationId });
  return { idScope, registrationId, apiVersion: API_VERSION, token, operation, body: '', operationId };
}

export function ask(emulator: Emulator, transport: Transport, request: DeviceRequest): Promise<DeviceAnswer> {
  return transport === 'https' ? askOverHttps(emulator, request) : askOverMqtt(emulator, transport, request);
}

async function askOverHttps(emulator: Emulator, request: DeviceRequest): Promise<DeviceAnswer> {
  const { idScope, registrationId, apiVersion, token, operation, body, operationId } = request;
  const client = httpsClient(emulator);
  const address = `/${encodeURIComponent(idScope)}/registrations/${encodeURIComponent(registrationId)}`;
  const rest = operation === 'register' ? '/register' : `/operations/${operationId}`;
  const answer = await client.ask({
    method: operation === 'register' ? 'PUT' : 'GET',
    path: `${address}${rest}?api-version=${apiVersion}`,
    headers: { 'Content-Type': 'application/json', ...(token !== undefined && { Authorization: token }) },
    ...(operation === 'register' && { body }),
  });
  client.close();
  return { status: answer.status, retryAfter: answer.headers['retry-after'], body: answer.body };
}

async function askOverMqtt(
  emulator: Emulator,
  transport: 'mqtt' | 'mqtt-ws',
  request: DeviceRequest,
): Promise<DeviceAnswer> {
  const { apiVersion, token, operation, body, operationId } = request;
  const username = userName(request, `api-version=${apiVersion}`);
  // A password of no bytes is as good as none, and mqtt-packet writes no CONNECT with a user name alone.
  const password = Buffer.from(token ?? '');
  const device = await connectDevice(emulator, request, { transport, connect: { username, password } });
  const topic = operation === 'register' ? registerTopic('1') : pollTopic('1', operationId);
  const answer = await device.ask(topic, operation === 'register' ? body : ' ');
  device.raw.destroy();
  const retryAfter = /retry-after=(\d+)/.exec(answer.topic)?.[1];
  return { status: answer.status, retryAfter, body: answer.body };
}
