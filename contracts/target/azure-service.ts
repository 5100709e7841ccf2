/** What is made at a provisioning service and its hubs over their REST, looked at, and removed again. */
import { randomBytes } from 'node:crypto';
import { ClientError } from '../../client/client-error.ts';
import { createServiceClient, type ServiceClient } from '../../client/service-client.ts';
import type { ParsedConnectionString } from '../../emulator/wire/resource.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment } from '../../emulator/wire/set-up.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { AzureFile } from './azure-file.ts';
import type { Assignment, AtHub, ChangedEnrollments } from './target.ts';

/** Longer ids are refused, and nothing can stand under them. [dps-service-behaviour §3.2] */
export const ID_LENGTH_MAX = 128;

const SERVICE_API_VERSION = '2021-10-01';
const HUB_API_VERSION = '2021-04-12';

export interface AzureService {
  /**
   * Ids of enrollments and of devices at the hubs that begin so; of a hub's devices, among the first thousand.
   * @throws when the service or a hub does not answer to its connection string
   */
  under(prefix: string): Promise<readonly string[]>;
  begin(scope: ScopeOfCase): Made;
  /** What the run has made and is still there. */
  remaining(): Promise<readonly string[]>;
}

export interface ScopeOfCase {
  /** Host names. */
  readonly hubs: readonly string[];
  /** Whether an enrollment without hubs has to name them. */
  readonly needsNames: boolean;
  /** Ids that its devices may have at a hub. */
  readonly devices: readonly string[];
}

/** What one case has made. */
export interface Made {
  put(records: ChangedEnrollments): Promise<void>;
  /** As they were put, keys in clear. */
  records(): Required<ChangedEnrollments>;
  assignment(registrationId: string): Promise<Assignment | undefined>;
  devicesAt(hub: string): Promise<readonly string[] | undefined>;
  atHub(at: Assignment): Promise<AtHub>;
  remove(): Promise<void>;
}

interface Clients {
  readonly service: ServiceClient;
  readonly hubs: ReadonlyMap<string, ServiceClient>;
}

export function connectAzure({ service, hubs, rest, ca }: AzureFile): AzureService {
  const clientOf = (credential: ParsedConnectionString, apiVersion: string): ServiceClient => {
    const endpoint = { ...(rest ?? { host: credential.host, port: 443 }), ...(ca !== undefined && { ca }) };
    return createServiceClient({ endpoint, credential, apiVersion });
  };
  const clients: Clients = {
    service: clientOf(service, SERVICE_API_VERSION),
    hubs: new Map(hubs.map((hub) => [hub.host, clientOf(hub, HUB_API_VERSION)])),
  };
  const paths = new Map<string, ServiceClient>();
  return {
    under: async (prefix) => {
      const records = await Promise.all(
        (['enrollments', 'enrollmentGroups'] as const).map((kind) =>
          clients.service.askAll({ method: 'POST', path: `/${kind}/query`, body: { query: 'SELECT *' } }),
        ),
      );
      const devices = await Promise.all(
        [...clients.hubs.values()].map(async (client) => (await client.ask({ method: 'GET', path: '/devices' })).body),
      );
      return [...records, ...devices]
        .flatMap((list) => (Array.isArray(list) ? list.flatMap(idsIn) : []))
        .filter((id) => id.startsWith(`${prefix}-`));
    },
    begin: (scope) => begin(clients, scope, (client, path) => paths.set(`${client.host}${path}`, client)),
    remaining: async () => {
      const left = await Promise.all(
        [...paths].map(async ([address, client]) => {
          const path = address.slice(client.host.length);
          return (await find(client, path)) === undefined ? [] : [decodeURIComponent(path.slice(1))];
        }),
      );
      return left.flat();
    },
  };
}

type Remember = (client: ServiceClient, path: string) => void;

function begin({ service, hubs }: Clients, scope: ScopeOfCase, remember: Remember): Made {
  const devices = scope.devices.filter((id) => id.length <= ID_LENGTH_MAX);
  const enrollments = new Map<string, GivenIndividualEnrollment>();
  const groups = new Map<string, GivenEnrollmentGroup>();
  const put = async (path: string, record: object, isThere: boolean): Promise<void> => {
    remember(service, path);
    const headers = { 'if-match': '*' };
    await service.ask({ method: 'PUT', path, body: record as JsonObject, ...(isThere && { headers }) });
  };
  const remove = async (client: ServiceClient, path: string): Promise<void> => {
    try {
      await client.ask({ method: 'DELETE', path, headers: { 'if-match': '*' } });
      remember(client, path);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };
  const hubsOfCase = (): readonly ServiceClient[] => scope.hubs.flatMap((hub) => hubs.get(hub) ?? []);
  return {
    put: async ({ enrollments: individuals = [], enrollmentGroups = [] }) => {
      for (const given of individuals) {
        const known = enrollments.get(given.registrationId.toLowerCase());
        const record = complete(given, known, scope, INDIVIDUAL_KEY_BYTES);
        enrollments.set(given.registrationId.toLowerCase(), record);
        await put(enrollmentPath(given.registrationId), record, known !== undefined);
      }
      for (const given of enrollmentGroups) {
        const known = groups.get(given.enrollmentGroupId);
        const record = complete(given, known, scope, GROUP_KEY_BYTES);
        groups.set(given.enrollmentGroupId, record);
        await put(groupPath(given.enrollmentGroupId), record, known !== undefined);
      }
    },
    records: () => ({ enrollments: [...enrollments.values()], enrollmentGroups: [...groups.values()] }),
    assignment: async (registrationId) => {
      if (registrationId.length > ID_LENGTH_MAX) return undefined;
      const state = await find(service, registrationPath(registrationId));
      const { assignedHub, deviceId } = state ?? {};
      if (typeof assignedHub !== 'string' || typeof deviceId !== 'string') return undefined;
      return { hub: assignedHub, deviceId };
    },
    devicesAt: async (hub) => {
      const client = hubs.get(hub);
      if (client === undefined) return undefined;
      const found = await Promise.all(devices.map((id) => find(client, devicePath(id))));
      // Two devices of a case may be one, in another spelling.
      const ids = found.flatMap((device) => (typeof device?.deviceId === 'string' ? [device.deviceId] : []));
      return [...new Set(ids)];
    },
    atHub: async ({ hub, deviceId }) => {
      const client = hubs.get(hub);
      if (client === undefined) return { device: undefined, twin: undefined };
      const device = await find(client, devicePath(deviceId));
      const twin = await find(client, `/twins/${encodeURIComponent(deviceId)}`);
      return { device, twin: twin && twinOf(twin) };
    },
    remove: async () => {
      // First who lets devices in, so that none comes in between.
      await Promise.all([
        ...[...enrollments.values()].map((one) => remove(service, enrollmentPath(one.registrationId))),
        ...[...groups.values()].map((one) => remove(service, groupPath(one.enrollmentGroupId))),
      ]);
      await Promise.all([
        ...devices.map((id) => remove(service, registrationPath(id))),
        ...hubsOfCase().flatMap((client) => devices.map((id) => remove(client, devicePath(id)))),
      ]);
    },
  };
}

/** Both kinds have what is completed in common. */
type AnyEnrollment = GivenIndividualEnrollment | GivenEnrollmentGroup;

const INDIVIDUAL_KEY_BYTES = 32;
const GROUP_KEY_BYTES = 64;

/** Keys that are left out are made here, so that they are known without being asked for. */
function complete<T extends AnyEnrollment>(given: T, known: T | undefined, scope: ScopeOfCase, keyBytes: number): T {
  const { attestation, iotHubs = [], iotHubHostName } = given;
  const keys = { ...known?.attestation.symmetricKey, ...attestation.symmetricKey };
  const newKey = (): string => randomBytes(keyBytes).toString('base64');
  const { primaryKey = newKey(), secondaryKey = newKey() } = keys;
  const isUnnamed = iotHubs.length === 0 && iotHubHostName === undefined;
  return {
    ...given,
    attestation: { ...attestation, symmetricKey: { primaryKey, secondaryKey } },
    ...(isUnnamed && scope.needsNames && { iotHubs: scope.hubs }),
  };
}

function twinOf({ tags, properties }: JsonObject): NonNullable<AtHub['twin']> {
  const desired = isJsonObject(properties) && isJsonObject(properties.desired) ? properties.desired : {};
  const { $metadata: _metadata, $version: _version, ...own } = desired;
  return { tags: isJsonObject(tags) ? tags : {}, desired: own };
}

function idsIn(record: JsonValue): readonly string[] {
  const { registrationId, enrollmentGroupId, deviceId } = isJsonObject(record) ? record : {};
  const id = registrationId ?? enrollmentGroupId ?? deviceId;
  return typeof id === 'string' ? [id] : [];
}

const enrollmentPath = (id: string): string => `/enrollments/${encodeURIComponent(id)}`;
const groupPath = (id: string): string => `/enrollmentGroups/${encodeURIComponent(id)}`;
const registrationPath = (id: string): string => `/registrations/${encodeURIComponent(id)}`;
const devicePath = (id: string): string => `/devices/${encodeURIComponent(id)}`;

/** `undefined` where the service says that there is none. */
async function find(client: ServiceClient, path: string): Promise<JsonObject | undefined> {
  try {
    const { body }: { readonly body: JsonValue } = await client.ask({ method: 'GET', path });
    return isJsonObject(body) ? body : {};
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof ClientError && error.kind === 'not-found';
}
