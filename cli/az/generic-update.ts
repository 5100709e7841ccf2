/** `--set path=value` as `az … update` reads it: what of a provisioning service it may change, and the request that does it. */
import type { ProvisioningServiceResource } from '../../emulator/wire/resource.ts';
import type { ProvisioningServiceRequest } from '../../emulator/wire/resource-request.ts';
import { argumentError } from './az-error.ts';

const ALLOCATION_POLICY = /^properties\.allocation_?policy$/i;
const TAG = /^tags\.(.+)$/i;

/** @throws {AzError} for a path that cannot be changed, and for a value that it cannot have */
export function changedBySet(
  present: Pick<ProvisioningServiceResource, 'etag' | 'tags'>,
  assignments: readonly string[],
): ProvisioningServiceRequest {
  // With the etag that was read: somebody else's change in between is not overwritten.
  let request: ProvisioningServiceRequest = { etag: present.etag };
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw argumentError(`usage error: --set KEY=VALUE (is '${assignment}')`);
    const path = assignment.slice(0, equals);
    const value = assignment.slice(equals + 1);
    const tag = TAG.exec(path)?.[1];
    if (tag !== undefined) {
      request = { ...request, tags: { ...present.tags, ...request.tags, [tag]: value } };
    } else if (ALLOCATION_POLICY.test(path)) {
      request = { ...request, properties: { allocationPolicy: policyOf(value) } };
    } else {
      const others = 'linked hubs and policies have verbs of their own';
      throw argumentError(
        `--set: '${path}' cannot be changed; what can: properties.allocationPolicy, tags.NAME; ${others}`,
      );
    }
  }
  return request;
}

const POLICIES = ['Hashed', 'GeoLatency', 'Static'] as const;

function policyOf(value: string): (typeof POLICIES)[number] {
  const found = POLICIES.find((policy) => policy.toLowerCase() === value.toLowerCase());
  if (found !== undefined) return found;
  throw argumentError(`--set properties.allocationPolicy: must be one of ${POLICIES.join(', ')} (is '${value}')`);
}
