/** The query of a query: only "everything" is answered, and anything else is refused rather than ignored. [dps-service-behaviour §4.2] */

import { readObject } from '../dps/checks.ts';
import { DpsError } from '../errors.ts';

/** The samples of the Node SDK send `*`, its documentation `SELECT *`. */
const EVERYTHING = /^\s*(\*|select\s+\*(\s+from\s+\w+)?\s*;?)?\s*$/i;

/** @throws {DpsError} unless the body is empty or asks for everything */
export function checkQuery(body: string): void {
  if (body.trim() === '') return;
  const { query, ...others } = readObject(body);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new DpsError('RequestInvalid', { message: `${unknown.slice(0, 160)} is not a known member.` });
  }
  if (query === undefined || query === null) return;
  if (typeof query !== 'string') throw new DpsError('RequestInvalid', { message: 'query must be a string.' });
  if (EVERYTHING.test(query)) return;
  const message = `The query "${query.slice(0, 160)}" is not supported: only SELECT * is.`;
  throw new DpsError('RequestInvalid', { message });
}
