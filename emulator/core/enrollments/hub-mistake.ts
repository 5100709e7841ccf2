/** An IoT hub's connection string used for enrollments: the answer that a hub gives, and what to do. [dps-service-behaviour §4.8] */
import { HUB_HOST_SUFFIX } from '../../wire/access-policy.ts';
import { hubErrorBody } from '../../wire/hub-error.ts';
import { isoInstant } from '../../wire/timestamp.ts';
import { hostInToken } from '../access/authorize.ts';
import { hostName } from '../access/hosts.ts';
import type { ServiceCall, ServiceReply } from './service-call.ts';
import type { ServiceApiPorts } from './service-ports.ts';

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
