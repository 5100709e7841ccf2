/** Reads JSON bodies: what is no JSON, too deep, too large or of another type is refused in words. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isTooDeep } from '../wire/json-depth.ts';
import type { JsonValue } from '../wire/twin.ts';
import { ControlError } from './errors.ts';

export const BODY_BYTES_MAX = 5 * 1024 * 1024;

/** No document of ours comes near; deeper ones only exhaust the stack of whoever walks them. */
const DEPTH_MAX = 100;

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
      return body === '' ? undefined : parseJson(String(body));
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

function parseJson(text: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof SyntaxError ? positionOnly(error.message) : '';
    throw new ControlError('not-json', `The body is not JSON${why}.`);
  }
  if (isTooDeep(value, DEPTH_MAX)) {
    throw new ControlError('not-json', `The body is nested deeper than ${DEPTH_MAX} levels.`);
  }
  return value;
}

/** Where it broke, without the piece of the text that V8 quotes: it may hold a key. */
function positionOnly(message: string): string {
  const position = /position \d+(?: \(line \d+ column \d+\))?/.exec(message);
  return position === null ? ': it ends too early or does not begin as JSON' : ` (at ${position[0]})`;
}
