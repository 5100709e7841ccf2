/** Takes out of what a target said all that no two targets share: ids, etags, instants, addresses, waits. */
import { isJsonObject, type JsonValue } from '../../emulator/wire/twin.ts';

/** Members whose values are each target's own. */
const OWN_MEMBERS: readonly string[] = [
  'operationId',
  'trackingId',
  'etag',
  'generationId',
  'createdDateTimeUtc',
  'lastUpdatedDateTimeUtc',
  'timestampUtc',
  'webhookUrl',
];
/** How long a device is told to wait is an option of an emulator. */
const LEFT_OUT: readonly string[] = ['retryAfterSeconds'];

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const ID_SCOPES = /0ne[0-9A-F]{8}(?:, 0ne[0-9A-F]{8})*/g;

export function normalise(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    return value.replace(GUID, '<guid>').replace(INSTANT, '<instant>').replace(ID_SCOPES, '<id scope>');
  }
  if (Array.isArray(value)) return value.map((item: JsonValue) => normalise(item));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value)
    .filter(([name]) => !LEFT_OUT.includes(name))
    .map(([name, member]) => [name, isOwn(name, member) ? `<${name}>` : normalise(member)]);
  return Object.fromEntries(members);
}

function isOwn(name: string, member: JsonValue): boolean {
  return OWN_MEMBERS.includes(name) && typeof member === 'string';
}
