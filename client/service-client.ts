/** Signed requests of a back end to a provisioning service or a hub, by its real name, over verified TLS: REST with SAS. */
import { request as httpsRequest } from 'node:https';
import { parsedJson } from '../emulator/wire/json.ts';
import type { ParsedConnectionString } from '../emulator/wire/resource.ts';
import { makeServiceSas } from '../emulator/wire/sas-token.ts';
import { isJsonObject, type JsonValue } from '../emulator/wire/twin.ts';
import { ClientError } from './client-error.ts';

export interface ServiceEndpoint {
  /** Where it listens, whatever its name. */
  readonly host: string;
  readonly port: number;
  /** PEM, to be trusted in place of the public ones. */
  readonly ca?: string;
}

export interface ServiceRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Ids in it percent-encoded; without `api-version`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
}

export interface ServiceAnswer {
  /** `null` when the answer has no body. */
  readonly body: JsonValue;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface ServiceClient {
  /** The service's own host name. */
  readonly host: string;
  /** @throws {ClientError} with the service's code and sentence when it refuses */
  ask(request: ServiceRequest): Promise<ServiceAnswer>;
  /** Every page of a query, one after the other, up to `top` records. */
  askAll(request: ServiceRequest, top?: number): Promise<readonly JsonValue[]>;
}

const TIMEOUT_MS = 30_000;
const PAGE_SIZE = 1000;

/** Of a token; each request has its own. */
const LIFETIME_SECONDS = 3600;

export interface ServiceClientOptions {
  readonly endpoint: ServiceEndpoint;
  readonly credential: ParsedConnectionString;
  readonly apiVersion: string;
  /** The instant by which tokens are judged there, in milliseconds since 1970. Default: that of this machine. */
  readonly now?: () => Promise<number>;
}

export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { credential, now = async () => Date.now() } = options;
  const ask = async (request: ServiceRequest): Promise<ServiceAnswer> => {
    const expiresAtSeconds = Math.ceil((await now()) / 1000) + LIFETIME_SECONDS;
    return send(options, makeServiceSas(credential, expiresAtSeconds), request);
  };
  return {
    host: credential.host,
    ask,
    askAll: async (request, top) => {
      const records: JsonValue[] = [];
      let continuation: string | undefined;
      do {
        const wanted = Math.min(PAGE_SIZE, (top ?? Number.POSITIVE_INFINITY) - records.length);
        const page = await ask({
          ...request,
          headers: {
            ...request.headers,
            'x-ms-max-item-count': String(wanted),
            ...(continuation !== undefined && { 'x-ms-continuation': continuation }),
          },
        });
        if (Array.isArray(page.body)) records.push(...(page.body as readonly JsonValue[]));
        continuation = page.headers['x-ms-continuation'];
      } while (continuation !== undefined && (top === undefined || records.length < top));
      return records;
    },
  };
}

function send(
  { endpoint, credential, apiVersion }: ServiceClientOptions,
  authorization: string,
  { method, path, query, headers, body }: ServiceRequest,
): Promise<ServiceAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const parameters = new URLSearchParams({ ...query, 'api-version': apiVersion });
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: endpoint.host,
        port: endpoint.port,
        ca: endpoint.ca,
        servername: credential.host,
        method,
        path: `${path}?${parameters}`,
        agent: false,
        timeout: TIMEOUT_MS,
        headers: {
          host: credential.host,
          authorization,
          ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            const answer = readAnswer(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'));
            resolve({ body: answer, headers: response.headers as ServiceAnswer['headers'] });
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    request.on('timeout', () => request.destroy(unreachable(endpoint, 'does not answer')));
    request.on('error', (error: NodeJS.ErrnoException) =>
      reject(error instanceof ClientError ? error : unreachable(endpoint, error.code ?? error.message)),
    );
    request.end(text);
  });
}

function readAnswer(status: number, text: string): JsonValue {
  const body = parsedJson(text);
  if (status >= 200 && status < 300) return body ?? null;
  throw new ClientError(status === 404 ? 'not-found' : 'refused', refusalText(status, body));
}

/** `(404201) Enrollment not found.`, and why when the emulator knows; a hub's older shape is shown as it is. */
function refusalText(status: number, body: JsonValue | undefined): string {
  if (!isJsonObject(body)) return `the service answered ${status}`;
  if (typeof body.Message === 'string') {
    return [body.Message, body.ExceptionMessage].filter((part) => typeof part === 'string').join('\n');
  }
  const { errorCode, message, info, trackingId } = body;
  const reason = isJsonObject(info) && typeof info.reason === 'string' ? info.reason : undefined;
  return [
    `(${String(errorCode)}) ${String(message)}`,
    ...(reason === undefined ? [] : [`Reason: ${reason}`]),
    ...(typeof trackingId === 'string' && trackingId !== '' ? [`Tracking ID: ${trackingId}`] : []),
  ].join('\n');
}

function unreachable({ host, port }: ServiceEndpoint, why: string): ClientError {
  return new ClientError('unreachable', `the service API at ${host}:${port} cannot be reached (${why})`);
}
