/** Answers one HTTP request to the local host: route, key and size are judged here, all else by the function. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { carriesFunctionKey } from '../server/function-key.ts';
import { readBody } from '../server/read-body.ts';
import { parseRequestTarget } from '../server/request-target.ts';
import type { Invoker } from './invoke.ts';

/** Far above any allocation request, far below what would hurt. */
const BODY_BYTES_MAX = 1024 * 1024;

export interface ServedFunction {
  readonly route: string;
  readonly baseUrl: string;
  readonly functionKey: string;
  readonly invoker: Invoker;
}

export async function serveFunction(
  { route, baseUrl, functionKey, invoker }: ServedFunction,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = request.url ?? '/';
  const { path, query } = parseRequestTarget(target);

  // Azure Functions has no route for a method that the function does not list, so that is a 404 as well.
  if (!isSameRoute(path, route) || request.method !== 'POST') return endEmpty(response, 404);
  if (!carriesFunctionKey({ headers: request.headers, query }, functionKey)) return endEmpty(response, 401);

  const body = await readBody(request, BODY_BYTES_MAX);
  if (body.kind === 'cut-off') return;
  if (body.kind === 'too-large') return endEmpty(response, 413);

  const url = `${baseUrl}${target}`;
  const answer = await invoker.invoke({ method: 'POST', url, headers: plainHeaders(request), body: body.bytes });
  response.statusCode = answer.status;
  response.setHeaders(answer.headers);
  response.end(answer.body);
}

/** Routes of Azure Functions ignore case and a slash at the end. */
function isSameRoute(path: string, route: string): boolean {
  return path.toLowerCase().replace(/\/$/, '') === route.toLowerCase();
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function endEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}
