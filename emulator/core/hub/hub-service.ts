/** The hub's REST API: which hub, who may, and the operations; one entry that never throws. [dps-service-behaviour §10.2] */

import { DPS_HOST_SUFFIX, type HubRight } from '../../wire/access-policy.ts';
import { hubErrorBody } from '../../wire/hub-error.ts';
import { isoInstant } from '../../wire/timestamp.ts';
import { authorize, hostInToken } from '../access/authorize.ts';
import { acceptedHosts, hostName } from '../access/hosts.ts';
import { createShell, replyOf } from '../answering.ts';
import type { Ids } from '../ids.ts';
import { bulkDevices } from './bulk-devices.ts';
import type { HubAnswer, HubCall, HubOperation, HubReply, HubRequest } from './hub-call.ts';
import type { Hubs } from './hub-devices.ts';
import { HubError } from './hub-errors.ts';
import { deleteDevice, getDevice, getStatistics, listDevices } from './registry-operations.ts';
import { getTwin, queryTwins } from './twin-operations.ts';

export interface HubServicePorts {
  readonly hubs: Hubs;
  readonly ids: Ids;
  readonly now: () => number;
  /** The instant by which tokens expire, milliseconds since the epoch. */
  readonly credentialNow: () => number;
  readonly reportBug: (error: unknown, where: string) => void;
}

export interface HubService {
  call(call: HubCall): Promise<HubReply>;
  /** Renders a refusal that the routes have to make before there is a call. */
  refuse(error: HubError): HubReply;
}

/** Twins are for service back ends, identities for the registry. [§10.2] */
const RIGHTS: Readonly<Record<HubOperation, HubRight>> = {
  getDevice: 'RegistryRead',
  listDevices: 'RegistryRead',
  getStatistics: 'RegistryRead',
  deleteDevice: 'RegistryWrite',
  bulkDevices: 'RegistryWrite',
  getTwin: 'ServiceConnect',
  queryTwins: 'ServiceConnect',
  notEmulated: 'ServiceConnect',
};

export function createHubService(ports: HubServicePorts): HubService {
  const render = (error: HubError, requestId: string): HubReply => {
    const { errorName, message, reason } = error;
    const body = hubErrorBody({
      code: errorName,
      message,
      trackingId: requestId,
      at: isoInstant(ports.now()),
      reason,
    });
    return { status: error.status, text: JSON.stringify(body), errorName, requestId };
  };
  const { answer, refuse } = createShell({
    ...ports,
    requests: 'hub-request',
    isRefusal: (thrown) => thrown instanceof HubError,
    internalError: () => new HubError('ServerError'),
    render,
  });
  return {
    call: (call) =>
      answer(`${call.request.operation} of a hub`, async (requestId) => {
        // Whoever asks, a device with a token of its own too, is told that it is not there yet.
        if (call.request.operation === 'notEmulated') throw new HubError('NotImplemented');
        const hub = await selectHub(call, ports.hubs);
        await checkAccess(call, hub, ports);
        if (!call.apiVersion) throw new HubError('ArgumentInvalid', { message: 'api-version is required.' });
        return replyOf(await dispatch(hub, call.request, ports), requestId);
      }),
    refuse,
  };
}

/** By `Host`, else by the token's host, else the only hub. [architecture, principle 5] */
async function selectHub(call: HubCall, hubs: Hubs): Promise<string> {
  const names = await hubs.names();
  const named = (host: string | undefined): string | undefined => names.find((name) => name.toLowerCase() === host);
  const found = named(hostName(call.host)) ?? named(hostInToken(call.authorization));
  if (found !== undefined) return found;
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  const message = `There is no hub "${hostName(call.host) ?? ''}" here. Known: ${names.join(', ') || 'none'}.`;
  throw new HubError('IotHubNotFound', { message, ...hintFor(call) });
}

async function checkAccess(call: HubCall, hub: string, ports: HubServicePorts): Promise<void> {
  const verdict = authorize({
    authorization: call.authorization,
    policies: (await ports.hubs.policies(hub)) ?? [],
    right: RIGHTS[call.request.operation],
    hosts: acceptedHosts(call.host, hub),
    path: call.path,
    nowMs: ports.credentialNow(),
  });
  if (verdict.kind === 'granted') return;
  const reason = hintFor(call).reason ?? `${verdict.reason}: ${verdict.detail}`;
  throw new HubError('IotHubUnauthorizedAccess', { reason });
}

/** The mistake the other way round: a provisioning service's connection string for a hub. */
function hintFor({ authorization }: HubCall): { readonly reason?: string } {
  const host = hostInToken(authorization);
  if (!host?.endsWith(DPS_HOST_SUFFIX)) return {};
  return {
    reason: `"${host}" is a provisioning service; devices and twins are at an IoT hub: use a hub's connection string`,
  };
}

async function dispatch(hub: string, request: HubRequest, ports: HubServicePorts): Promise<HubAnswer> {
  const { hubs } = ports;
  switch (request.operation) {
    case 'getDevice':
      return getDevice(hub, request.deviceId, hubs);
    case 'listDevices':
      return listDevices(hub, request.top, hubs);
    case 'deleteDevice':
      return deleteDevice(hub, request, hubs);
    case 'bulkDevices':
      return bulkDevices(hub, request.body, ports);
    case 'getTwin':
      return getTwin(hub, request.deviceId, hubs);
    case 'queryTwins':
      return queryTwins(hub, request, hubs);
    case 'getStatistics':
      return getStatistics(hub, hubs);
    case 'notEmulated':
      throw new HubError('NotImplemented');
  }
}
