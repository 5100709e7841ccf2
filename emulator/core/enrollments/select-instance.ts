/** Which provisioning service a request is for: by `Host`, else by the token's host, else the only one. [architecture, principle 5] */
import { serviceHostOf } from '../../wire/access-policy.ts';
import { hostInToken } from '../access/authorize.ts';
import { hostName } from '../access/hosts.ts';
import { DpsError } from '../errors.ts';
import type { DpsInstance, InstanceReads } from '../store/instances.ts';
import type { ServiceCall } from './service-call.ts';

export async function selectInstance(
  call: Pick<ServiceCall, 'host' | 'authorization'>,
  { instances }: { readonly instances: InstanceReads },
): Promise<DpsInstance> {
  const all = await instances.list();
  const named = (host: string | undefined): DpsInstance | undefined =>
    all.find((instance) => serviceHostOf(instance.name).toLowerCase() === host);
  const found = named(hostName(call.host)) ?? named(hostInToken(call.authorization));
  if (found !== undefined) return found;
  const [only, ...others] = all;
  if (only !== undefined && others.length === 0) return only;
  const names = all.map((instance) => serviceHostOf(instance.name)).join(', ') || 'none';
  const message = `There is no provisioning service "${hostName(call.host) ?? ''}" here. Known: ${names}.`;
  throw new DpsError('NotFound', { message });
}
