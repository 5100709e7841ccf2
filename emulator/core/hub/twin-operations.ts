/** Twins: get one, and list them by the one query that is answered. [dps-service-behaviour §10.2] */

import { isJsonObject } from '../../wire/twin.ts';
import type { StoredHubDevice } from '../store/hubs.ts';
import type { HubAnswer } from './hub-call.ts';
import type { Hubs } from './hub-devices.ts';
import { HubError } from './hub-errors.ts';
import { countIn, noSuchDevice, parsedBody } from './registry-operations.ts';
import { renderTwin } from './render-hub-device.ts';

export async function getTwin(hub: string, deviceId: string, hubs: Hubs): Promise<HubAnswer> {
  const record = await hubs.record(hub, deviceId);
  if (record === undefined) throw noSuchDevice(deviceId);
  return { kind: 'body', body: twinOf(record) };
}

const EVERYTHING = /^\s*select\s+\*\s+from\s+devices\s*;?\s*$/i;

export async function queryTwins(
  hub: string,
  request: {
    readonly body: string;
    readonly maxItemCount: string | undefined;
    readonly continuation: string | undefined;
  },
  hubs: Hubs,
): Promise<HubAnswer> {
  checkQuery(request.body);
  const count = countIn(request.maxItemCount, 'x-ms-max-item-count');
  const after = request.continuation || undefined;
  if (after !== undefined && !/^\d{1,15}$/.test(after)) {
    throw new HubError('ArgumentInvalid', { message: 'x-ms-continuation is not a continuation token of this query.' });
  }
  const { items, next } = await hubs.recordsPage(hub, { count, after });
  return {
    kind: 'body',
    body: items.map(twinOf),
    // Absent on the last page: the Node SDK takes even an empty header for "there is more". [§10.2]
    paging: { itemType: 'Twin', ...(next !== undefined && { continuation: next }) },
  };
}

function twinOf({ twin, device, twinUpdatedTime }: StoredHubDevice): object {
  return renderTwin(twin, device, twinUpdatedTime);
}

/** What would be ignored is refused. */
function checkQuery(body: string): void {
  const value = parsedBody(body);
  if (!isJsonObject(value)) throw new HubError('ArgumentInvalid', { message: 'The body must be a JSON object.' });
  const { query } = value;
  if (typeof query === 'string' && EVERYTHING.test(query)) return;
  const message = 'dps-emulator answers one query: SELECT * FROM devices.';
  throw new HubError('ArgumentInvalid', { message });
}
