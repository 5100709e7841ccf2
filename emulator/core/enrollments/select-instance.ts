/** Which provisioning service a request is for: by `Host`, else by the token's host, else the only one. [architecture, principle 5] */
import { HUB_HOST_SUFFIX, serviceHostOf } from '../../wire/access-policy.ts';
import { hubErrorBody } from '../../wire/hub-error.ts';
import { isoInstant } from '../../wire/timestamp.ts';
import { hostInToken } from '../access/authorize.ts';
import { hostName } from '../access/hosts.ts';
import { DpsError } from '../errors.ts';
import type { DpsInstance, InstanceReads } from '../store/instances.ts';
import type { ServiceCall, ServiceReply } from './service-call.ts';
import type { ServiceApiPorts } from './service-ports.ts';

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

/** An IoT hub's connection string used for enrollments: the answer that a hub gives, and what to do. [dps-service-behaviour §4.8] */
export async function hubMistake(
  call: ServiceCall,
  requestId: string,
  ports: ServiceApiPorts,
): Promise<ServiceReply | undefined> {
  const hubs = new Set((await ports.hubNames()).map((name) => name.toLowerCase()));
  const isHub = (host: string | undefined): host is string =>
    host !== undefined && (hubs.has(host) || host.endsWith(HUB_HOST_SUFFIX));
  const hub = [hostName(call.host), hostInToken(call.authorization)].find(isHub);
  if (hub === undefined) return undefined;
  const hint = `"${hub}" is an IoT hub and knows no enrollments: use the connection string of the provisioning service, HostName={name}.azure-devices-provisioning.net;SharedAccessKeyName=provisioningserviceowner;SharedAccessKey=...`;
  const message = `Unknown api version; uri: ${call.path}; ${hint}`;
  const body = hubErrorBody({
    code: 'ArgumentInvalid',
    message,
    trackingId: requestId,
    at: isoInstant(ports.clock.now()),
  });
  return { status: 400, text: JSON.stringify(body), requestId };
}
