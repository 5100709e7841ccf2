/** A back end as the wire shows it: signs with a shared access policy of the emulator and asks the service API or a hub. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Emulator } from '../../../emulator/index.ts';
import { signed } from '../../../emulator/wire/symmetric-key.ts';
import { httpsClient } from './https-client.ts';

export const SERVICE_API_VERSION = '2021-10-01';

export interface PolicyTokenOptions {
  readonly host: string;
  readonly keyName: string;
  readonly key: string;
  /** Default: one hour. */
  readonly ttlSeconds?: number;
  /** Default: the resource as it is, as Node sends it. */
  readonly encode?: (resource: string) => string;
}

export function policyToken(options: PolicyTokenOptions): string {
  const { host, keyName, key, ttlSeconds = 3600, encode = (text) => text } = options;
  const sr = encode(host);
  const se = Math.floor(Date.now() / 1000) + ttlSeconds;
  const sig = signed(key, `${sr}\n${se}`).toString('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}&skn=${keyName}`;
}

/** The fields of a connection string. */
export function fieldsOf(connectionString: string): {
  readonly host: string;
  readonly keyName: string;
  readonly key: string;
} {
  const fields = new Map(
    connectionString.split(';').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
  const field = (name: string): string => fields.get(name) ?? '';
  return { host: field('HostName'), keyName: field('SharedAccessKeyName'), key: field('SharedAccessKey') };
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: unknown;
}

export interface ServiceQuestion {
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders;
  /** The whole `Authorization` header; default: the owner policy's. Null sends none. */
  readonly token?: string | null;
  readonly apiVersion?: string | null;
}

export interface ServiceClient {
  readonly host: string;
  readonly keyName: string;
  readonly key: string;
  ask(method: string, path: string, question?: ServiceQuestion): Promise<ServiceAnswer>;
}

/** @param connectionString default: the first provisioning service's */
export async function serviceClient(emulator: Emulator, connectionString?: string): Promise<ServiceClient> {
  const given = connectionString ?? (await emulator.connectionStrings()).dps[0]?.connectionString ?? '';
  const fields = fieldsOf(given);
  const client = httpsClient(emulator);
  onTestFinished(() => client.close());
  return {
    ...fields,
    ask: async (method, path, question = {}) => {
      const { body, headers = {}, token = policyToken(fields), apiVersion = SERVICE_API_VERSION } = question;
      const separator = path.includes('?') ? '&' : '?';
      const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
      const {
        status,
        headers: received,
        text: answer,
        body: parsed,
      } = await client.ask({
        method,
        path: apiVersion === null ? path : `${path}${separator}api-version=${apiVersion}`,
        headers: {
          ...(token !== null && { authorization: token }),
          // Node's client frames a body only for methods that usually have one.
          ...(text !== undefined && {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(text),
          }),
          ...headers,
        },
        ...(text !== undefined && { body: text }),
      });
      return { status, headers: received, text: answer, body: parsed };
    },
  };
}

/** The record in an answer; members are looked at by name. */
export function recordIn({ body }: ServiceAnswer): Record<string, unknown> {
  return body as Record<string, unknown>;
}

export function errorCodeOf(answer: ServiceAnswer): unknown {
  return recordIn(answer).errorCode;
}
