/** HTTPS clients with our CA verified: one that Node writes, and one that sends any bytes. */
import { once } from 'node:events';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { connect } from 'node:tls';
import { trustOptions } from '../../../device/trust.ts';
import type { Emulator } from '../../../emulator/index.ts';
import { API_VERSION, type Identity, SCOPE, tokenFor } from '../../flows/support/emulators.ts';

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
  /** The client's own port: equal for two answers on one connection. */
  readonly localPort: number;
}

export interface HttpsClient {
  ask(question: Question): Promise<HttpAnswer>;
  close(): void;
}

/** One kept-alive connection. */
export function httpsClient({ endpoints, ca }: Emulator): HttpsClient {
  const { host, port } = endpoints.https;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...trustOptions({ host, ca: ca.certificatePem }) });
  return {
    ask: ({ method, path, headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const sent = request({ host, port, agent, method, path, headers }, (response) => {
          const chunks: Buffer[] = [];
          // At its end the response has no socket any more.
          const localPort = response.socket.localPort ?? 0;
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({
              status: response.statusCode ?? 0,
              statusText: response.statusMessage ?? '',
              headers: response.headers,
              text,
              body: text === '' ? {} : JSON.parse(text),
              localPort,
            });
          });
          response.on('error', reject);
        });
        sent.on('error', reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** The headers of a device with a good token. */
export function deviceHeaders(identity: Identity): OutgoingHttpHeaders {
  return { Authorization: tokenFor(identity), 'Content-Type': JSON_TYPE, Accept: 'application/json' };
}

/** The address of a registration; `id` stands in it as it is given. */
export function address(id: string, rest = '', { scope = SCOPE, query = `?api-version=${API_VERSION}` } = {}): string {
  return `/${scope}/registrations/${id}${rest}${query}`;
}

export function registerQuestion(identity: Identity, spoilt: Partial<Question> = {}): Question {
  return {
    method: 'PUT',
    path: address(identity.registrationId, '/register'),
    headers: deviceHeaders(identity),
    body: JSON.stringify({ registrationId: identity.registrationId }),
    ...spoilt,
  };
}

export interface RawHttps {
  write(bytes: string | Buffer): void;
  /** Everything received up to now and until `isEnough`, or until the server closed. */
  read(isEnough?: (text: string) => boolean): Promise<string>;
  destroy(): void;
}

/** A connection for requests that no client library would write. */
export async function openRawHttps({ endpoints, ca }: Emulator): Promise<RawHttps> {
  const { host, port } = endpoints.https;
  const socket = connect({ host, port, ...trustOptions({ host, ca: ca.certificatePem }) });
  let text = '';
  let isClosed = false;
  let wake: () => void = () => undefined;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  await once(socket, 'secureConnect');
  return {
    write: (bytes) => socket.write(bytes),
    read: (isEnough = () => false) =>
      new Promise((resolve) => {
        wake = () => {
          if (isClosed || isEnough(text)) resolve(text);
        };
        wake();
      }),
    destroy: () => socket.destroy(),
  };
}
