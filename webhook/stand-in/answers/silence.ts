/** Answers that never come to an end; the connection stays open until the client or `stop()` closes it. */

import type { Exchange } from '../exchange.ts';

export function hangAfterHeaders({ response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  response.flushHeaders();
}
