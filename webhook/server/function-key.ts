/** Function keys: making one, and telling whether a request carries the right one. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export function randomFunctionKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Azure Functions takes the key from the header or from the `code` of the query; the header goes first. */
export function carriesFunctionKey(
  request: { readonly headers: IncomingHttpHeaders; readonly query: URLSearchParams },
  functionKey: string,
): boolean {
  const presented = request.headers['x-functions-key'] ?? request.query.get('code');
  return typeof presented === 'string' && timingSafeEqual(sha256(presented), sha256(functionKey));
}

/** Hashing gives both sides one length, which the constant-time comparison needs. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
