/** Bodies of the requests that create and update enrollments, with what the Azure CLI sends unasked. [dps-service-behaviour §8.2] */
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { AzArguments } from './arguments.ts';
import { argumentError } from './az-error.ts';
import type { AzContext } from './context.ts';
import { allocationIn } from './enrollment-allocation.ts';
import type { EnrollmentKind } from './enrollment-records.ts';

/** The part of a verb's context that tells the user what was passed over. */
type Warning = Pick<AzContext, 'warn'>;

/** The CLI always sends a twin, capabilities and a reprovision policy. */
export function newEnrollment(
  kind: EnrollmentKind,
  args: AzArguments,
  attestation: JsonObject,
  { warn }: Warning,
): JsonObject {
  return {
    [kind.idMember]: args.required('enrollmentId'),
    attestation,
    capabilities: { iotEdge: args.isSet('edgeEnabled') },
    initialTwin: initialTwinIn(args, {}),
    ...statusIn(args),
    reprovisionPolicy: reprovisionPolicyOf(args.text('reprovisionPolicy') ?? 'reprovisionandmigratedata'),
    ...allocationIn(args, {}, warn),
    ...(kind.idMember === 'registrationId' && { optionalDeviceInformation: objectIn(args, 'deviceInformation') ?? {} }),
    ...deviceIdIn(args),
  };
}

/** @param present the record as the service shows it: what is not asked for stays as it is */
export function changedEnrollment(
  present: JsonObject,
  args: AzArguments,
  attestation: JsonObject,
  { warn }: Warning,
): JsonObject {
  const { registrationState: _state, iotHubHostName, ...record } = present;
  const reprovision = args.text('reprovisionPolicy');
  const information = objectIn(args, 'deviceInformation');
  const allocation = allocationIn(args, record, warn);
  return {
    ...record,
    attestation,
    ...(args.isGiven('edgeEnabled') && { capabilities: { iotEdge: args.isSet('edgeEnabled') } }),
    initialTwin: initialTwinIn(args, isJsonObject(record.initialTwin) ? record.initialTwin : {}),
    ...statusIn(args),
    ...(reprovision !== undefined && { reprovisionPolicy: reprovisionPolicyOf(reprovision) }),
    ...allocation,
    // The older way to name the one hub; a list takes its place.
    ...(iotHubHostName !== undefined && allocation.iotHubs === undefined && { iotHubHostName }),
    ...(information !== undefined && { optionalDeviceInformation: information }),
    ...deviceIdIn(args),
  };
}

function statusIn(args: AzArguments): JsonObject {
  const provisioningStatus = args.text('provisioningStatus');
  return provisioningStatus === undefined ? {} : { provisioningStatus };
}

function deviceIdIn(args: AzArguments): JsonObject {
  const deviceId = args.text('deviceId');
  // The CLI passes over an empty one.
  return deviceId ? { deviceId } : {};
}

function reprovisionPolicyOf(choice: string): JsonObject {
  return {
    updateHubAssignment: choice !== 'never',
    migrateDeviceData: choice === 'reprovisionandmigratedata',
  };
}

function initialTwinIn(args: AzArguments, { tags, properties }: JsonObject): JsonObject {
  const desired = isJsonObject(properties) ? properties.desired : undefined;
  return {
    tags: objectIn(args, 'initialTwinTags') ?? tags ?? {},
    properties: { desired: objectIn(args, 'initialTwinProperties') ?? desired ?? {} },
  };
}

const NAMES: Readonly<Record<string, string>> = {
  initialTwinTags: '--initial-twin-tags/--tags',
  initialTwinProperties: '--initial-twin-properties/--props',
  deviceInformation: '--device-information/--device-info/--info',
};

function objectIn(args: AzArguments, dest: string): JsonObject | undefined {
  const value = args.json(dest);
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) throw argumentError(`argument ${NAMES[dest] ?? dest}: must be a JSON object`);
  return withoutNulls(value) as JsonObject;
}

/** The CLI leaves them out before it sends anything. */
function withoutNulls(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
