/** What a query asks, and its pages: how many items, where to go on, and what the response says of it. [dps-service-behaviour §4.2] */
import { withKnownNames } from '../../wire/known-members.ts';
import type { JsonObject } from '../../wire/twin.ts';
import { readObject } from '../dps/checks.ts';
import { DpsError } from '../errors.ts';
import type { Page, PageRequest } from '../store/record-store.ts';
import type { PagingHeaders, ReplyPaging, ServiceAnswer } from './service-call.ts';
import type { ServiceApiPorts } from './service-ports.ts';

/** The samples of the Node SDK send `*`, its documentation `SELECT *`. */
const EVERYTHING = /^\s*(\*|select\s+\*(\s+from\s+\w+)?\s*;?)?\s*$/i;

const QUERY = { properties: { query: {} }, additionalProperties: false } as const;

/**
 * A query lists everything, whatever its text says; a text that says something else is noted. [found/2026-11 A1]
 * @throws {DpsError} unless the body is empty or a query document
 */
export function checkQuery(body: string, idScope: string, { journal, settings }: ServiceApiPorts): void {
  if (body.trim() === '') return;
  const naming = { case: settings.assumptions['member-case'], unknown: 'keep' } as const;
  const { query, ...others } = withKnownNames(QUERY, readObject(body), naming) as JsonObject;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new DpsError('RequestInvalid', { message: `${unknown.slice(0, 160)} is not a known member.` });
  }
  if (query === undefined || query === null) return;
  if (typeof query !== 'string') throw new DpsError('RequestInvalid', { message: 'query must be a string.' });
  if (EVERYTHING.test(query)) return;
  const detail = `a query lists everything, as the service's own does: its text "${query.slice(0, 160)}" was not looked at`;
  journal.record({ kind: 'service', idScope }, { kind: 'noted', detail });
}

/** The service's own numbers are not on record. */
const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 1000;

/** @param list names the listing, so that a token of another one is refused instead of showing the wrong page */
export function pageRequest({ maxItemCount, continuation }: PagingHeaders, list: string): PageRequest {
  return { count: countOf(maxItemCount), after: continuation ? positionIn(continuation, list) : undefined };
}

function countOf(text: string | undefined): number {
  if (!text) return PAGE_SIZE_DEFAULT;
  const count = Number(text);
  if (/^\d{1,9}$/.test(text) && count >= 1) return Math.min(count, PAGE_SIZE_MAX);
  throw new DpsError('RequestInvalid', { message: 'x-ms-max-item-count must be a positive integer.' });
}

export function pageAnswer<T>(
  { items, next }: Page<T>,
  { count }: PageRequest,
  of: { readonly list: string; readonly itemType: ReplyPaging['itemType']; readonly render: (item: T) => unknown },
): ServiceAnswer {
  return {
    kind: 'body',
    body: items.map(of.render),
    paging: {
      itemType: of.itemType,
      maxItemCount: count,
      ...(next !== undefined && { continuation: tokenOf(next, of.list) }),
    },
  };
}

function tokenOf(position: string, list: string): string {
  return Buffer.from(`${position} ${list}`, 'utf8').toString('base64url');
}

function positionIn(token: string, list: string): string {
  const [, position, of] = /^(\d{1,15}) (.*)$/s.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (position !== undefined && of === list) return position;
  throw new DpsError('RequestInvalid', { message: 'x-ms-continuation is not a continuation token of this query.' });
}
