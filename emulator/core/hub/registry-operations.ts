/** The identity registry: get, list, delete, statistics. [dps-service-behaviour §10.2] */

import { parseJson, TOO_DEEP } from '../../wire/json-depth.ts';
import type { JsonValue } from '../../wire/twin.ts';
import type { HubAnswer } from './hub-call.ts';
import type { Hubs } from './hub-devices.ts';
import { HubError } from './hub-errors.ts';
import { deviceEtag, renderDevice } from './render-hub-device.ts';

/** The hub's own limit on a list of devices. */
export const LIST_MAX = 1000;

export async function getDevice(hub: string, deviceId: string, hubs: Hubs): Promise<HubAnswer> {
  const device = await hubs.device(hub, deviceId);
  if (device === undefined) throw noSuchDevice(deviceId);
  return { kind: 'body', body: renderDevice(device) };
}

export async function listDevices(hub: string, top: string | undefined, hubs: Hubs): Promise<HubAnswer> {
  const count = countIn(top, 'top');
  const { items } = await hubs.recordsPage(hub, { count });
  return { kind: 'body', body: items.map(({ device }) => renderDevice(device)) };
}

export async function deleteDevice(
  hub: string,
  { deviceId, ifMatch }: { readonly deviceId: string; readonly ifMatch: string | undefined },
  hubs: Hubs,
): Promise<HubAnswer> {
  const device = await hubs.device(hub, deviceId);
  if (device === undefined) throw noSuchDevice(deviceId);
  // The Node SDK sends `"*"`, quotes included. [§10.2]
  const expected = (ifMatch ?? '*').replace(/^"(.*)"$/, '$1');
  if (expected !== '*' && expected !== deviceEtag(device)) throw new HubError('PreconditionFailed');
  await hubs.deleteDevice(hub, deviceId);
  return { kind: 'no-content' };
}

export async function getStatistics(hub: string, hubs: Hubs): Promise<HubAnswer> {
  const count = (await hubs.devices(hub))?.length ?? 0;
  return { kind: 'body', body: { totalDeviceCount: count, enabledDeviceCount: count, disabledDeviceCount: 0 } };
}

export function noSuchDevice(deviceId: string): HubError {
  return new HubError('DeviceNotFound', { message: `Device ${deviceId.slice(0, 160)} is not registered.` });
}

/** @throws {HubError} unless the body is JSON */
export function parsedBody(body: string): JsonValue {
  const parsed = parseJson(body);
  if (parsed.kind === 'json') return parsed.value;
  const what = parsed.kind === 'broken' ? 'not valid JSON' : TOO_DEEP;
  throw new HubError('ArgumentInvalid', { message: `The body is ${what}.` });
}

/** @throws {HubError} unless the text is absent or a number from 1 */
export function countIn(text: string | undefined, name: string): number {
  if (!text) return LIST_MAX;
  const count = Number(text);
  if (/^\d{1,9}$/.test(text) && count >= 1) return Math.min(count, LIST_MAX);
  throw new HubError('ArgumentInvalid', { message: `${name} must be a positive integer.` });
}
