/** Links between a provisioning service and hubs, as a request gives them: the hub must be there, and its key must be right. */
import type { Fault } from '../../wire/fault.ts';
import { MASK } from '../../wire/mask.ts';
import { type ParsedConnectionString, parseConnectionString } from '../../wire/resource.ts';
import type { LinkedHubRequest } from '../../wire/resource-request.ts';
import { hasKey, missingRights } from '../hub/link-access.ts';
import type { StoredHub } from '../store/hubs.ts';
import type { LinkedHub } from '../store/instances.ts';
import { invalidRequest, ManagementError } from './management-error.ts';
import { isSame } from './rules.ts';

/** @throws {ManagementError} for the first link that cannot be made */
export function requestedLinks(
  requested: readonly LinkedHubRequest[],
  present: readonly LinkedHub[],
  hubs: readonly StoredHub[],
): readonly LinkedHub[] {
  const links = requested.map((request, index) => requestedLink(request, index, present, hubs));
  for (const [index, { name }] of links.entries()) {
    if (links.findIndex((other) => isSame(other.name, name)) === index) continue;
    throw new ManagementError('DuplicateHub', `The hub ${name} is linked already; a hub is linked once. (IH400303)`);
  }
  return links;
}

function requestedLink(
  request: LinkedHubRequest,
  index: number,
  present: readonly LinkedHub[],
  hubs: readonly StoredHub[],
): LinkedHub {
  const path = `properties.iotHubs[${index}].connectionString`;
  const given = parseConnectionString(request.connectionString);
  if (given === undefined) {
    throw invalidRequest([{ path, rule: 'must be HostName=…;SharedAccessKeyName=…;SharedAccessKey=…' }]);
  }
  const old = present.find((link) => isSame(link.name, given.host));
  const isKept = given.key === MASK && old !== undefined;
  const name = isKept ? old.name : checkedHub(given, path, hubs);
  const location = request.location ?? old?.location;
  return {
    name,
    ...(typeof request.allocationWeight === 'number' && { allocationWeight: request.allocationWeight }),
    ...(typeof request.applyAllocationPolicy === 'boolean' && { applyAllocationPolicy: request.applyAllocationPolicy }),
    ...(location !== undefined && { location }),
    policy: isKept ? old.policy : given.keyName,
    key: isKept ? old.key : given.key,
  };
}

/** @returns the hub's host name as the hub spells it */
function checkedHub({ host, keyName, key }: ParsedConnectionString, path: string, hubs: readonly StoredHub[]): string {
  const hub = hubs.find((one) => isSame(one.name, host));
  if (hub === undefined) {
    const known = hubs.map((one) => one.name).join(', ') || 'none';
    throw new ManagementError('IotHubNotFound', `Unable to find the IoT hub ${host}. Known: ${known}. (404002)`);
  }
  const { name } = hub;
  const policy = hub.policies.find((one) => isSame(one.keyName, keyName));
  if (policy === undefined) throw invalidRequest([fault(path, `names a policy that ${name} does not have`, keyName)]);
  if (!hasKey(policy, key)) {
    throw invalidRequest([{ path, rule: `has a key that is none of the policy "${policy.keyName}" of ${name}` }]);
  }
  const missing = missingRights(policy);
  if (missing.length > 0) {
    throw invalidRequest([fault(path, `needs a policy with ${missing.join(' and ')} at ${name}`, policy.keyName)]);
  }
  return name;
}

function fault(path: string, rule: string, value: string): Fault {
  return { path, rule, value: `"${value}"` };
}
