/** What an answer has at hand while it is given. */

import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Fires when the connection is gone or the stand-in stops. */
  readonly signal: AbortSignal;
}

export function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return { request, response, signal: gone.signal };
}
