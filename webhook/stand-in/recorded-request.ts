/** A request as the stand-in received it. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { parseRequestTarget } from '../server/request-target.ts';

export interface RecordedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly bodyText: string;
  /** The parsed body. @throws {SyntaxError} when it is no JSON. */
  json(): unknown;
  /** When the body had arrived, in milliseconds since the epoch; never goes back, so differences are durations. */
  readonly atRealMs: number;
}

export function recordRequest(request: IncomingMessage, body: Buffer): RecordedRequest {
  const bodyText = body.toString('utf8');
  return {
    method: request.method ?? '',
    ...parseRequestTarget(request.url ?? '/'),
    headers: request.headers,
    bodyText,
    json: () => JSON.parse(bodyText) as unknown,
    atRealMs: performance.timeOrigin + performance.now(),
  };
}
