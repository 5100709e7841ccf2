/** Reads the JSON body of a request. */
import { isJsonObject, type JsonObject } from '../../wire/twin.ts';
import { DpsError } from '../errors.ts';

/** @throws {DpsError} unless the body is a JSON object */
export function readObject(body: string): JsonObject {
  const value = parsed(body);
  if (isJsonObject(value)) return value;
  throw new DpsError('RequestInvalid', { message: 'The body must be a JSON object.' });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DpsError('RequestInvalid', {
      message: 'The body is not valid JSON.',
      reason: `the body is not JSON: ${why}`,
    });
  }
}
