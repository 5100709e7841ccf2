/** What `If-Match` asks of a record before it may be written. [dps-service-behaviour §3.5, §7] */
import { DpsError, type ErrorName } from '../errors.ts';

export type Precondition =
  /** Nothing is there yet: a PUT without `If-Match`. */
  | { readonly kind: 'absent' }
  /** Whatever is there: a PUT with `If-Match: *`. */
  | { readonly kind: 'any' }
  | { readonly kind: 'present' }
  /** The record has this etag. `whenAbsent`: what a record that is not there is answered with. */
  | { readonly kind: 'matches'; readonly etag: string; readonly whenAbsent: 'PreconditionFailed' | 'NotFound' };

/** Without `If-Match` a PUT creates; an etag for a record that is not there cannot match. */
export function putPrecondition(ifMatch: string | undefined): Precondition {
  if (!ifMatch) return { kind: 'absent' };
  return isAny(ifMatch) ? { kind: 'any' } : { kind: 'matches', etag: ifMatch, whenAbsent: 'PreconditionFailed' };
}

/** What is not there is not found, whatever the etag. */
export function deletePrecondition(ifMatch: string | undefined): Precondition {
  if (!ifMatch || isAny(ifMatch)) return { kind: 'present' };
  return { kind: 'matches', etag: ifMatch, whenAbsent: 'NotFound' };
}

/** @throws {DpsError} when the record does not meet the precondition */
export function checkPrecondition(
  existing: { readonly etag: string } | undefined,
  precondition: Precondition,
  notFound: ErrorName,
): void {
  switch (precondition.kind) {
    case 'any':
      return;
    case 'absent':
      if (existing !== undefined) throw new DpsError('EnrollmentAlreadyExists');
      return;
    case 'present':
      if (existing === undefined) throw new DpsError(notFound);
      return;
    case 'matches':
      if (existing === undefined) {
        throw new DpsError(precondition.whenAbsent === 'NotFound' ? notFound : 'PreconditionFailed');
      }
      if (!isSameEtag(existing.etag, precondition.etag)) throw new DpsError('PreconditionFailed');
  }
}

/** Back ends read the base64 of the quoted guid; a webhook reads the quoted guid itself. [found/2026-11 A2] */
export function shownEtag(stored: string): string {
  return Buffer.from(stored, 'utf8').toString('base64');
}

/** The etag as it is stored, of a document that may have it as back ends read it. */
export function storedEtag(given: string): string {
  const decoded = Buffer.from(given, 'base64').toString('utf8');
  return /^".*"$/.test(decoded) && shownEtag(decoded) === given ? decoded : given;
}

/** The value of an etag has quotes of its own; clients send it with them, or strip them, or as they have read it. */
function isSameEtag(stored: string, given: string): boolean {
  return [stored, shownEtag(stored)].some((one) => unquoted(one) === unquoted(given));
}

function isAny(ifMatch: string): boolean {
  return unquoted(ifMatch) === '*';
}

function unquoted(etag: string): string {
  return etag.trim().replace(/^"(.*)"$/s, '$1');
}
