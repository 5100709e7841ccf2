/** The management plane as the verbs of `az` use it: the control API's routes for groups, services and hubs (docs/control-api.md). */

import type { ReadyAnswer } from '../../client/control-client.ts';
import type { FoundEmulator } from '../../client/find-emulator.ts';
import type {
  IotHubResource,
  PolicyResource,
  ProvisioningServiceResource,
  ResourceGroupResource,
} from '../../emulator/wire/resource.ts';
import type {
  IotHubRequest,
  ProvisioningServiceRequest,
  ResourceGroupRequest,
} from '../../emulator/wire/resource-request.ts';
import { isJsonObject } from '../../emulator/wire/twin.ts';
import { AzError } from './az-error.ts';

export interface ManagementClient {
  ready(): Promise<ReadyAnswer>;
  groups(): Promise<readonly ResourceGroupResource[]>;
  group(name: string): Promise<ResourceGroupResource>;
  putGroup(name: string, request: ResourceGroupRequest): Promise<ResourceGroupResource>;
  deleteGroup(name: string): Promise<void>;
  provisioningServices(resourceGroup: string | undefined): Promise<readonly ProvisioningServiceResource[]>;
  /** @param resourceGroup when given, the service must be in it */
  provisioningService(name: string, resourceGroup?: string): Promise<ProvisioningServiceResource>;
  putProvisioningService(name: string, request: ProvisioningServiceRequest): Promise<ProvisioningServiceResource>;
  deleteProvisioningService(name: string, resourceGroup?: string): Promise<void>;
  /** With keys in clear. */
  provisioningServicePolicies(name: string, resourceGroup?: string): Promise<readonly PolicyResource[]>;
  iotHubs(resourceGroup: string | undefined): Promise<readonly IotHubResource[]>;
  iotHub(name: string, resourceGroup?: string): Promise<IotHubResource>;
  putIotHub(name: string, request: IotHubRequest): Promise<IotHubResource>;
  deleteIotHub(name: string, resourceGroup?: string): Promise<void>;
  /** With keys in clear. */
  iotHubPolicies(name: string, resourceGroup?: string): Promise<readonly PolicyResource[]>;
}

const TIMEOUT_MS = 30_000;

export function createManagementClient(emulator: FoundEmulator): ManagementClient {
  const ask = <T>(method: Method, path: string, options?: AskOptions): Promise<T> =>
    call<T>(emulator, method, path, options);
  const value = async <T>(path: string, resourceGroup: string | undefined): Promise<readonly T[]> =>
    (await ask<{ readonly value: readonly T[] }>('GET', path, { resourceGroup })).value;
  const service = (name: string): string => `/provisioning-services/${encodeURIComponent(name)}`;
  const hub = (name: string): string => `/iot-hubs/${encodeURIComponent(name)}`;
  const group = (name: string): string => `/resource-groups/${encodeURIComponent(name)}`;
  return {
    ready: () => ask('GET', '/ready'),
    groups: () => value('/resource-groups', undefined),
    group: (name) => ask('GET', group(name)),
    putGroup: (name, body) => ask('PUT', group(name), { body }),
    deleteGroup: (name) => ask('DELETE', group(name)),
    provisioningServices: (resourceGroup) => value('/provisioning-services', resourceGroup),
    provisioningService: (name, resourceGroup) => ask('GET', service(name), { resourceGroup }),
    putProvisioningService: (name, body) => ask('PUT', service(name), { body }),
    deleteProvisioningService: (name, resourceGroup) => ask('DELETE', service(name), { resourceGroup }),
    provisioningServicePolicies: (name, resourceGroup) => value(`${service(name)}/policies`, resourceGroup),
    iotHubs: (resourceGroup) => value('/iot-hubs', resourceGroup),
    iotHub: (name, resourceGroup) => ask('GET', hub(name), { resourceGroup }),
    putIotHub: (name, body) => ask('PUT', hub(name), { body }),
    deleteIotHub: (name, resourceGroup) => ask('DELETE', hub(name), { resourceGroup }),
    iotHubPolicies: (name, resourceGroup) => value(`${hub(name)}/policies`, resourceGroup),
  };
}

type Method = 'GET' | 'PUT' | 'DELETE';

interface AskOptions {
  readonly body?: object;
  readonly resourceGroup?: string | undefined;
}

async function call<T>(emulator: FoundEmulator, method: Method, path: string, options: AskOptions = {}): Promise<T> {
  const { body, resourceGroup } = options;
  const query = resourceGroup === undefined ? '' : `?${new URLSearchParams({ resourceGroup })}`;
  const response = await send(emulator, `${path}${query}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as T;
  throw refusal(emulator, response.status, answer);
}

async function send(emulator: FoundEmulator, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${emulator.url}${path}`, init);
  } catch {
    const where = `${emulator.url} (from ${emulator.source})`;
    throw new AzError('unreachable', `the emulator at ${where} cannot be reached; start one: npx dps-emulator start`);
  }
}

/** `(ResourceNotFound) …`: the code in front, as `az` shows what the resource manager says. */
function refusal({ url }: FoundEmulator, status: number, answer: unknown): AzError {
  const error = isJsonObject(answer) && isJsonObject(answer.error) ? answer.error : undefined;
  if (typeof error?.message !== 'string' || typeof error.code !== 'string') {
    return new AzError('service', `${url} answered ${status}, and not as a dps-emulator does: check the URL`);
  }
  return new AzError(status === 404 ? 'not-found' : 'service', `(${error.code}) ${error.message}`);
}
