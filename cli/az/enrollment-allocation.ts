/** How an enrollment allocates: its members in a request, by the rules and in the words of the Azure CLI. [dps-service-behaviour §8.2] */
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { AzArguments } from './arguments.ts';
import { argumentError } from './az-error.ts';

/**
 * `allocationPolicy`, `iotHubs` and `customAllocationDefinition`, as far as they are given.
 * @param present the record that is updated; empty for a new one
 * @param warn told of what is passed over
 * @throws {AzError} for a combination that the Azure CLI refuses
 */
export function allocationIn(args: AzArguments, present: JsonObject, warn: (line: string) => void): JsonObject {
  const given = givenAllocation(args);
  const policy = given.policy ?? textIn(present, 'allocationPolicy');
  const hubs = given.hubs ?? hubsIn(present);
  const definition = definitionOf(args, policy, present, warn);
  // Of a record that is there the service is the judge.
  const isNew = Object.keys(present).length === 0;
  if (isNew && policy === undefined && hubs !== undefined && hubs.length > 0) {
    throw argumentError('Please provide allocation policy.');
  }
  if (policy === 'static') checkStatic(hubs);
  return {
    ...(given.policy !== undefined && { allocationPolicy: given.policy }),
    ...(given.hubs !== undefined && { iotHubs: given.hubs }),
    ...(definition !== undefined && { customAllocationDefinition: definition }),
  };
}

/** The one hub of an older option is a static allocation. */
function givenAllocation(args: AzArguments): {
  readonly policy: string | undefined;
  readonly hubs: readonly string[] | undefined;
} {
  const policy = args.text('allocationPolicy');
  const host = args.text('iotHubHostName');
  if (host !== undefined) {
    if (policy !== undefined) {
      throw argumentError("'iot_hub_host_name' is not required when allocation-policy is defined.");
    }
    return { policy: 'static', hubs: host.split(/\s+/).filter((name) => name !== '') };
  }
  const hubs = args.list('iotHubs');
  return { policy, hubs: hubs.length === 0 ? undefined : hubs };
}

function checkStatic(hubs: readonly string[] | undefined): void {
  if (hubs === undefined || hubs.length === 0) {
    throw argumentError('Please provide a hub to be assigned with device.');
  }
  if (hubs.length > 1) throw argumentError('Only one hub is required in static allocation policy.');
}

/** A part that is left out of an update stays as it is; the service knows the URL behind the masked one that it shows. */
function definitionOf(
  args: AzArguments,
  policy: string | undefined,
  present: JsonObject,
  warn: (line: string) => void,
): JsonObject | undefined {
  const url = args.text('webhookUrl');
  const version = args.text('apiVersion');
  const isGiven = url !== undefined || version !== undefined;
  if (policy !== 'custom') {
    // The CLI passes over them without a word.
    const is = policy === undefined ? 'none is set' : `it is ${policy}`;
    if (isGiven) warn(`--webhook-url and --api-version are not looked at without --allocation-policy custom (${is})`);
    return undefined;
  }
  const old = isJsonObject(present.customAllocationDefinition) ? present.customAllocationDefinition : {};
  const webhookUrl = url ?? textIn(old, 'webhookUrl');
  const apiVersion = version ?? textIn(old, 'apiVersion');
  if (webhookUrl === undefined || apiVersion === undefined) {
    throw argumentError(
      'Please provide both the Azure function webhook url and provisioning service api-version when the allocation-policy is defined as Custom.',
    );
  }
  return isGiven ? { webhookUrl, apiVersion } : undefined;
}

function textIn(record: JsonObject, name: string): string | undefined {
  const value = record[name];
  return typeof value === 'string' ? value : undefined;
}

function hubsIn({ iotHubs }: JsonObject): readonly string[] | undefined {
  return Array.isArray(iotHubs)
    ? iotHubs.filter((hub: JsonValue): hub is string => typeof hub === 'string')
    : undefined;
}
