/** What names and policies of resources must be, whether a set-up document or the resource manager is given them. */
import { type GivenPolicy, isPolicyName, POLICY_NAME_RULE } from '../../wire/access-policy.ts';
import { type Fault, shown } from '../../wire/fault.ts';
import { MASK } from '../../wire/mask.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import { type PolicyRequest, rightsIn } from '../../wire/resource-request.ts';
import { decodeBase64 } from '../../wire/symmetric-key.ts';

/** [Azure naming rules] Of what is made by name; a document may name hubs by any host name. */
const NAMES = {
  group: {
    pattern: /^[-\w().]{0,89}[-\w()]$/u,
    rule: 'must be 1 to 90 letters, digits and - _ ( ) . and may not end with a dot',
  },
  provisioningService: {
    pattern: /^[a-z0-9][-a-z0-9]{1,62}[a-z0-9]$/i,
    rule: 'must be 3 to 64 letters, digits and hyphens, and begin and end with a letter or digit',
  },
  iotHub: {
    pattern: /^[a-z0-9][-a-z0-9]{1,48}[a-z0-9]$/i,
    rule: 'must be 3 to 50 letters, digits and hyphens, and begin and end with a letter or digit',
  },
} as const;

export function nameFaults(kind: keyof typeof NAMES, name: string): readonly Fault[] {
  const { pattern, rule } = NAMES[kind];
  return pattern.test(name) ? [] : [{ path: 'name', rule, value: shown(name) }];
}

/** A policy is found by its name; its keys sign, so they must be base64. */
export function policyFaults(path: string, policies: readonly Omit<GivenPolicy<string>, 'rights'>[]): readonly Fault[] {
  return [
    ...duplicates(
      policies.map((policy) => policy.keyName),
      (index) => `${path}[${index}].keyName`,
    ),
    ...policies.flatMap((policy, index) => [
      ...(isPolicyName(policy.keyName)
        ? []
        : [{ path: `${path}[${index}].keyName`, rule: POLICY_NAME_RULE, value: shown(policy.keyName) }]),
      ...(['primaryKey', 'secondaryKey'] as const).flatMap((name) => {
        const key = policy[name];
        if (key === undefined || (decodeBase64(key)?.length ?? 0) > 0) return [];
        return [{ path: `${path}[${index}].${name}`, rule: 'must be base64', value: MASK }];
      }),
    ]),
  ];
}

/** Policies as a request for a resource gives them. @param known the rights that there are */
export function policyRequestFaults(requests: readonly PolicyRequest[], known: readonly string[]): readonly Fault[] {
  const path = 'properties.authorizationPolicies';
  return [
    ...policyFaults(path, requests),
    ...requests.flatMap(({ rights }, index) => {
      const unknown = rightsIn(rights).find((right) => !known.some((one) => isSame(one, right)));
      if (unknown === undefined) return [];
      const rule = `must be some of ${known.join(', ')}, with commas between them`;
      return [{ path: `${path}[${index}].rights`, rule, value: shown(unknown) }];
    }),
  ];
}

/** Of a request without faults. */
export function givenPolicy<Right extends string>(
  { rights, ...policy }: PolicyRequest,
  known: readonly Right[],
): GivenPolicy<Right> {
  const asked = rightsIn(rights);
  return { ...policy, rights: known.filter((right) => asked.some((one) => isSame(one, right))) };
}

/** Host names and policy names compare without regard to case. */
export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Names compare without regard to case; the second of two that are equal is at fault. */
export function duplicates(names: readonly string[], pathOf: (index: number) => string): readonly Fault[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const key = registrationKey(name);
    if (seen.has(key)) return [{ path: pathOf(index), rule: 'stands twice', value: shown(name) }];
    seen.add(key);
    return [];
  });
}
