/** Gives one answer of a script over an open exchange. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answer.ts';

/** What an answer has at hand while it is given. */
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

export async function giveAnswer(exchange: Exchange, answer: Answer): Promise<void> {
  const { request, response, signal } = exchange;
  switch (answer.kind) {
    case 'json':
      return answerJson(response, answer);
    case 'text':
      return answerText(response, answer);
    case 'status':
      return endEmpty(response, answer.status);
    case 'redirect':
      return endEmpty(response, answer.status ?? 307, { location: answer.to });
    case 'hang':
      return;
    case 'hang-after-headers':
      response.writeHead(200, { 'content-type': JSON_TYPE });
      return response.flushHeaders();
    case 'drop':
      request.socket.destroy();
      return;
    case 'drop-mid-body':
      return dropMidBody(exchange);
    case 'garbage':
      request.socket.end(Buffer.from('\u0000\u0001 this is no HTTP \u00ff\r\n\r\n', 'latin1'));
      return;
    case 'huge':
      return answerHuge(exchange, answer);
    case 'slow':
      return (await isStillThereAfter(answer.delayMs, signal)) ? giveAnswer(exchange, answer.answer) : undefined;
  }
}

type AnswerOf<K extends Answer['kind']> = Extract<Answer, { kind: K }>;

const JSON_TYPE = 'application/json; charset=utf-8';

function answerJson(response: ServerResponse, { status = 200, body, headers }: AnswerOf<'json'>): void {
  const bytes = Buffer.from(JSON.stringify(body) ?? 'null');
  response.statusCode = status;
  response.setHeader('content-type', JSON_TYPE);
  response.setHeader('content-length', bytes.length);
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.end(bytes);
}

function answerText(response: ServerResponse, { status = 200, text, contentType }: AnswerOf<'text'>): void {
  const bytes = Buffer.from(text);
  response.writeHead(status, {
    'content-type': contentType ?? 'text/plain; charset=utf-8',
    'content-length': bytes.length,
  });
  response.end(bytes);
}

function endEmpty(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...headers, 'content-length': 0 }).end();
}

/** The beginning of a document that would be a good answer if it were complete. */
const BEGINNING_OF_BODY = '{"iotHubHostName":"contoso-';
const ANNOUNCED_BYTES = 200;

function dropMidBody({ request, response }: Exchange): void {
  response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': ANNOUNCED_BYTES });
  // Only when the bytes are on their way, or the client would see a mere drop.
  response.write(BEGINNING_OF_BODY, () => request.socket.destroy());
}

const CHUNK_BYTES = 64 * 1024;

/** A body too large for any client that limits what it reads. */
async function answerHuge({ response, signal }: Exchange, { bytes, body = {} }: AnswerOf<'huge'>): Promise<void> {
  response.writeHead(200, { 'content-type': JSON_TYPE });
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

async function isStillThereAfter(delayMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(delayMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
