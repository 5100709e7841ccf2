/** Reads the body of a request up to a limit. */

import type { IncomingMessage } from 'node:http';

export type BodyRead =
  | { readonly kind: 'complete'; readonly bytes: Buffer }
  /** More than the limit. What still arrives is read and discarded, so that the client gets to see the answer. */
  | { readonly kind: 'too-large' }
  /** The client went away before the end. */
  | { readonly kind: 'cut-off' };

export function readBody(request: IncomingMessage, bytesMax: number): Promise<BodyRead> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bytesMax) {
        chunks.push(chunk);
      } else {
        chunks.length = 0;
        resolve({ kind: 'too-large' });
      }
    });
    request.once('end', () => resolve({ kind: 'complete', bytes: Buffer.concat(chunks) }));
    request.once('error', () => resolve({ kind: 'cut-off' }));
    request.once('close', () => resolve({ kind: 'cut-off' }));
  });
}
