/** Completes the policies of a service: those it is born with are there, and every policy has its two keys. */
import type { AccessPolicy, GivenPolicy } from '../../wire/access-policy.ts';

export interface PoliciesRequest<Right extends string> {
  readonly defaults: readonly { readonly keyName: string; readonly rights: readonly Right[] }[];
  /** What the document says; `undefined` leaves what is there. */
  readonly given: readonly GivenPolicy<Right>[] | undefined;
  /** What the service has now: its keys stay when the document does not name others. */
  readonly present: readonly AccessPolicy<Right>[];
  readonly generateKey: (keyName: string, which: 'primary' | 'secondary') => string;
}

export function completedPolicies<Right extends string>(
  request: PoliciesRequest<Right>,
): readonly AccessPolicy<Right>[] {
  const { defaults, given, present, generateKey } = request;
  const chosen: readonly GivenPolicy<Right>[] = given ?? present;
  const missing = defaults.filter((one) => !chosen.some((other) => isNamed(other, one.keyName)));
  return [...missing, ...chosen].map((policy: GivenPolicy<Right>) => {
    const old = present.find((other) => isNamed(other, policy.keyName));
    return {
      keyName: policy.keyName,
      primaryKey: policy.primaryKey ?? old?.primaryKey ?? generateKey(policy.keyName, 'primary'),
      secondaryKey: policy.secondaryKey ?? old?.secondaryKey ?? generateKey(policy.keyName, 'secondary'),
      rights: policy.rights,
    };
  });
}

/** Policy names compare without regard to case. */
export function isNamed({ keyName }: { readonly keyName: string }, name: string): boolean {
  return keyName.toLowerCase() === name.toLowerCase();
}
