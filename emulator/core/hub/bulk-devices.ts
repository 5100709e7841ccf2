/** Bulk registry operation: deletes, as `removeDevices` sends them; creating and updating in bulk is not emulated yet. */
import { schemaFaults } from '../../wire/check-shape.ts';
import type { JsonValue } from '../../wire/twin.ts';
import type { HubAnswer } from './hub-call.ts';
import type { Hubs } from './hub-devices.ts';
import { HubError } from './hub-errors.ts';
import { deleteDevice, parsedBody } from './registry-operations.ts';

/** As many entries as the hub takes; what an entry needs besides its id depends on what is to be done. */
const BulkSchema = {
  title: 'a list of 1 to 100 devices',
  type: 'array',
  minItems: 1,
  maxItems: 100,
  items: { type: 'object', required: ['id'], properties: { id: { type: 'string', minLength: 1 } } },
} as const;

interface Entry {
  readonly id: string;
  readonly importMode?: JsonValue;
  readonly etag?: JsonValue;
}

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
  for (const deletion of await readDeletions(body)) {
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
async function readDeletions(body: string): Promise<readonly Deletion[]> {
  const list = parsedBody(body);
  const [fault] = await schemaFaults(BulkSchema, list);
  if (fault === undefined) return (list as unknown as readonly Entry[]).map(deletionOf);
  throw new HubError('ArgumentInvalid', { message: `${fault.path || 'The body'} ${fault.rule}.` });
}

function deletionOf({ id, importMode, etag }: Entry): Deletion {
  switch (String(importMode).toLowerCase()) {
    case 'delete':
      return { deviceId: id, ifMatch: undefined };
    case 'deleteifmatchetag':
      if (typeof etag !== 'string') throw new HubError('ArgumentInvalid', { message: 'etag is required.' });
      return { deviceId: id, ifMatch: etag };
    default:
      throw new HubError('NotImplemented');
  }
}
