/** Bulk registry operation: deletes, as `removeDevices` sends them; creating and updating in bulk is not emulated yet. */
import { isJsonObject, type JsonValue } from '../../wire/twin.ts';
import type { HubAnswer } from './hub-call.ts';
import type { Hubs } from './hub-devices.ts';
import { HubError } from './hub-errors.ts';
import { deleteDevice, parsedBody } from './registry-operations.ts';

/** The hub's own limit. */
const ENTRIES_MAX = 100;

const DELETES = ['delete', 'deleteIfMatchETag'] as const;

interface Deletion {
  readonly deviceId: string;
  readonly ifMatch: string | undefined;
}

export async function bulkDevices(
  hub: string,
  body: string,
  { hubs, reportBug }: { readonly hubs: Hubs; reportBug(error: unknown, where: string): void },
): Promise<HubAnswer> {
  const errors: object[] = [];
  for (const deletion of readDeletions(body)) {
    try {
      await deleteDevice(hub, deletion, hubs);
    } catch (thrown) {
      // A 500 for the whole would deny those that have been deleted.
      if (!(thrown instanceof HubError)) reportBug(thrown, `bulkDevices of a hub, entry "${deletion.deviceId}"`);
      const error = thrown instanceof HubError ? thrown : new HubError('ServerError');
      errors.push({ deviceId: deletion.deviceId, errorCode: error.errorName, errorStatus: error.message });
    }
  }
  return { kind: 'body', body: { isSuccessful: errors.length === 0, errors, warnings: [] } };
}

/** Nothing is deleted unless the whole list can be read. */
function readDeletions(body: string): readonly Deletion[] {
  const list = parsedBody(body);
  if (!Array.isArray(list) || list.length === 0 || list.length > ENTRIES_MAX) {
    throw new HubError('ArgumentInvalid', { message: `The body must be an array of 1 to ${ENTRIES_MAX} devices.` });
  }
  return list.map(deletionOf);
}

function deletionOf(entry: JsonValue): Deletion {
  const { id, importMode, etag } = isJsonObject(entry) ? entry : {};
  if (typeof id !== 'string' || id === '') throw new HubError('ArgumentInvalid', { message: 'id is required.' });
  const mode = DELETES.find((one) => typeof importMode === 'string' && one.toLowerCase() === importMode.toLowerCase());
  if (mode === undefined) throw new HubError('NotImplemented');
  if (mode === 'delete') return { deviceId: id, ifMatch: undefined };
  if (typeof etag !== 'string') throw new HubError('ArgumentInvalid', { message: 'etag is required.' });
  return { deviceId: id, ifMatch: etag };
}
