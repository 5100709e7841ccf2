/** Answers that are complete, well-formed HTTP responses. */

import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';

type AnswerOf<K extends Answer['kind']> = Extract<Answer, { kind: K }>;

export function answerJson({ response }: Exchange, { status = 200, body, headers }: AnswerOf<'json'>): void {
  const bytes = Buffer.from(JSON.stringify(body) ?? 'null');
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', bytes.length);
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.end(bytes);
}

export function answerText({ response }: Exchange, { status = 200, text, contentType }: AnswerOf<'text'>): void {
  const bytes = Buffer.from(text);
  response.writeHead(status, {
    'content-type': contentType ?? 'text/plain; charset=utf-8',
    'content-length': bytes.length,
  });
  response.end(bytes);
}

export function answerStatus({ response }: Exchange, { status }: AnswerOf<'status'>): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}

export function answerRedirect({ response }: Exchange, { to, status = 307 }: AnswerOf<'redirect'>): void {
  response.writeHead(status, { location: to, 'content-length': 0 }).end();
}
