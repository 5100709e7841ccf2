/** Whether a hub lets its provisioning service write, by the policy and key that their link was made with. */
import { timingSafeEqual } from 'node:crypto';
import type { HubPolicy, HubRight } from '../../wire/access-policy.ts';
import { isNamed } from '../access/complete-policies.ts';
import type { StoredHub } from '../store/hubs.ts';
import type { LinkedHub } from '../store/instances.ts';

/** What the service needs to write devices and twins. [dps-service-behaviour §2] */
const NEEDED_RIGHTS: readonly HubRight[] = ['RegistryWrite', 'ServiceConnect'];

export function missingRights({ rights }: HubPolicy): readonly HubRight[] {
  return NEEDED_RIGHTS.filter((right) => !rights.includes(right));
}

export function hasKey({ primaryKey, secondaryKey }: HubPolicy, key: string): boolean {
  return [primaryKey, secondaryKey].some((one) => {
    const [a, b] = [Buffer.from(one), Buffer.from(key)];
    return a.length === b.length && timingSafeEqual(a, b);
  });
}

/** Why the hub refuses what comes over this link; `undefined` when it does not. */
export function faultOfLink({ policy: keyName, key }: LinkedHub, { name, policies }: StoredHub): string | undefined {
  const policy = policies.find((one) => isNamed(one, keyName));
  if (policy === undefined) {
    return `the link to ${name} names the policy "${keyName}", which the hub no longer has`;
  }
  if (!hasKey(policy, key)) {
    return `the link to ${name} holds a key that its policy "${policy.keyName}" no longer has`;
  }
  const missing = missingRights(policy);
  if (missing.length === 0) return undefined;
  return `the policy "${policy.keyName}" of the link to ${name} lacks ${missing.join(' and ')}`;
}
