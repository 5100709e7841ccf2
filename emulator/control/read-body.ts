/** Reads JSON bodies: what is no JSON, too deep, too large or of another type is refused in words. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJson, TOO_DEEP } from '../wire/json-depth.ts';
import type { JsonValue } from '../wire/twin.ts';
import { ControlError } from './errors.ts';

export const BODY_BYTES_MAX = 5 * 1024 * 1024;

export function acceptJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (request: FastifyRequest, body: string | Buffer) => {
      const encoding = request.headers['content-encoding'];
      if (encoding !== undefined && encoding !== 'identity') {
        throw new ControlError(
          'not-json-type',
          `A body with content-encoding "${encoding}" is not read; send it plain.`,
        );
      }
      return body === '' ? undefined : jsonIn(String(body));
    },
  );
  // `curl -X POST -d ''` names a type of its own for a body that is not there.
  server.addContentTypeParser('*', { parseAs: 'string' }, async (_request: FastifyRequest, body: string | Buffer) => {
    if (body !== '') throw notJsonType();
  });
}

export function notJsonType(): ControlError {
  return new ControlError('not-json-type', 'The body must be sent with the header "content-type: application/json".');
}

export function tooLarge(): ControlError {
  return new ControlError('too-large', `The body is larger than ${BODY_BYTES_MAX} bytes (5 MB), which is the most.`);
}

function jsonIn(text: string): JsonValue {
  const parsed = parseJson(text);
  if (parsed.kind === 'json') return parsed.value;
  const what = parsed.kind === 'broken' ? `not JSON${positionOnly(parsed.why)}` : TOO_DEEP;
  throw new ControlError('not-json', `The body is ${what}.`);
}

/** Where it broke, without the piece of the text that V8 quotes: it may hold a key. */
function positionOnly(message: string): string {
  const position = /position \d+(?: \(line \d+ column \d+\))?/.exec(message);
  return position === null ? ': it ends too early or does not begin as JSON' : ` (at ${position[0]})`;
}
