/** A body too large for any client that limits what it reads. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';

const CHUNK_BYTES = 64 * 1024;

export async function answerHuge(
  { response, signal }: Exchange,
  { bytes, body = {} }: Extract<Answer, { kind: 'huge' }>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  try {
    // The pipeline waits for the client to read, so an endless body costs no memory.
    await pipeline(Readable.from(blanksBefore(JSON.stringify(body) ?? 'null', bytes)), response, { signal });
  } catch (error) {
    if (!signal.aborted && !response.destroyed) throw error;
  }
}

function* blanksBefore(document: string, blanks: number): Generator<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES, ' ');
  for (let left = blanks; left > 0; left -= CHUNK_BYTES) yield left < CHUNK_BYTES ? chunk.subarray(0, left) : chunk;
  yield Buffer.from(document);
}
