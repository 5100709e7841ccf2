/** Whether a token of a shared access policy allows a request: key, resource, expiry and right. [dps-service-behaviour §4.4] */
import type { AccessPolicy } from '../../wire/access-policy.ts';
import { isSignedWith, parseSasToken, type SasToken } from '../../wire/sas-token.ts';
import { isoInstant } from '../../wire/timestamp.ts';
import { isNamed } from './complete-policies.ts';

export interface AccessDemand<Right extends string> {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  readonly policies: readonly AccessPolicy<Right>[];
  readonly right: Right;
  /** Host names for which a token may have been made. */
  readonly hosts: readonly string[];
  /** The path of the request, as it was sent. */
  readonly path: string;
  /** The instant by which the token is judged, milliseconds since the epoch. */
  readonly nowMs: number;
}

export type AccessRefusal =
  | 'no-credential'
  | 'bearer-not-emulated'
  | 'malformed-token'
  | 'unknown-policy'
  | 'wrong-key'
  | 'wrong-resource'
  | 'expired'
  | 'missing-right';

export type AccessVerdict =
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused'; readonly reason: AccessRefusal; readonly detail: string };

export function authorize<Right extends string>(demand: AccessDemand<Right>): AccessVerdict {
  const { authorization, policies, right } = demand;
  if (!authorization) return refused('no-credential', 'the request has no Authorization header');
  if (/^bearer /i.test(authorization)) {
    return refused('bearer-not-emulated', 'Microsoft Entra tokens are not emulated; sign with a shared access policy');
  }
  const parsed = parseSasToken(authorization);
  if (parsed.kind === 'malformed') return refused('malformed-token', parsed.why);
  const { token } = parsed;
  const policy = policies.find((one) => isNamed(one, token.keyName ?? ''));
  if (policy === undefined) {
    const names = policies.map((one) => one.keyName).join(', ');
    return refused('unknown-policy', `skn is "${token.keyName ?? ''}"; the policies here are: ${names}`);
  }
  if (!isSignedWith(token, policy.primaryKey) && !isSignedWith(token, policy.secondaryKey)) {
    return refused('wrong-key', `the token is not signed with a key of the policy "${policy.keyName}"`);
  }
  const fault = faultOfSigned(token, demand);
  if (fault !== undefined) return fault;
  if (!policy.rights.includes(right)) {
    const rights = policy.rights.join(', ') || 'none';
    return refused('missing-right', `the policy "${policy.keyName}" has not the right ${right}; it has: ${rights}`);
  }
  return { kind: 'granted' };
}

function faultOfSigned(token: SasToken, demand: AccessDemand<string>): AccessVerdict | undefined {
  const [host = '', ...prefix] = segmentsOf(token.resource.replace(/^\w+:\/\//, ''));
  if (!demand.hosts.some((one) => one.toLowerCase() === host)) {
    return refused('wrong-resource', `the token is for "${host}"; this is ${demand.hosts.join(' or ')}`);
  }
  // The resource covers everything below it, segment by segment: `/enrollments/a` does not cover `/enrollments/ab`.
  const path = segmentsOf(demand.path.split('?')[0] ?? '');
  if (prefix.some((segment, index) => segment !== path[index])) {
    return refused('wrong-resource', `the token is for "/${prefix.join('/')}", the request for "/${path.join('/')}"`);
  }
  if (token.expiryMs <= demand.nowMs) {
    const times = `at ${isoInstant(token.expiryMs)}; it is ${isoInstant(demand.nowMs)}`;
    return refused('expired', `the token expired ${times}`);
  }
  return undefined;
}

/** The host for which a token says it was made, in lower case and without a port; `undefined` when there is no such token. */
export function hostInToken(authorization: string | undefined): string | undefined {
  const parsed = parseSasToken(authorization ?? '');
  if (parsed.kind === 'malformed') return undefined;
  return segmentsOf(parsed.token.resource.replace(/^\w+:\/\//, ''))[0]?.replace(/:\d+$/, '');
}

function segmentsOf(text: string): readonly string[] {
  return text
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => decoded(segment).toLowerCase());
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function refused(reason: AccessRefusal, detail: string): AccessVerdict {
  return { kind: 'refused', reason, detail };
}
