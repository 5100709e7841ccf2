/** The parts of an emulator that hold its set-up, without a socket: what back ends, `az` and seeds write to. */

import { resolveAssumptions } from '../../../emulator/core/assumptions.ts';
import { createServiceApi } from '../../../emulator/core/enrollments/enrollment-service.ts';
import type { ServiceReply, ServiceRequest } from '../../../emulator/core/enrollments/service-call.ts';
import { createHubs } from '../../../emulator/core/hub/hub-devices.ts';
import { createIds } from '../../../emulator/core/ids.ts';
import { createResourceManager, type ResourceManager } from '../../../emulator/core/resources/resource-manager.ts';
import { applySetUp, exportSetUp } from '../../../emulator/core/set-up/apply-set-up.ts';
import { checkSetUp } from '../../../emulator/core/set-up/check-set-up.ts';
import { createEnrollmentStore } from '../../../emulator/core/store/enrollments.ts';
import { createInstanceStore } from '../../../emulator/core/store/instances.ts';
import { createRegistrationStore } from '../../../emulator/core/store/registrations.ts';
import { DPS_OWNER, serviceHostOf } from '../../../emulator/wire/access-policy.ts';
import { hubHostOf } from '../../../emulator/wire/resource.ts';
import type { SetUp } from '../../../emulator/wire/set-up.ts';
import { policyToken } from '../../http/support/service-client.ts';

const START_MS = Date.UTC(2026, 0, 1);

export interface Parts {
  readonly resources: ResourceManager;
  /** As the owner of the service; `undefined` when there is no such service. */
  rest(service: string, request: ServiceRequest): Promise<ServiceReply | undefined>;
  seed(document: unknown): Promise<void>;
  exported(): Promise<SetUp>;
  /** Links exactly these hubs, each by its own connection string, as `az iot dps linked-hub` does. */
  link(service: string, hubs: readonly string[]): Promise<unknown>;
}

export async function partsWith(document: unknown, seed = 'seed'): Promise<Parts> {
  const ids = createIds(seed);
  // A millisecond later at each look, so that instants that are not kept would show.
  let looks = 0;
  const now = (): number => START_MS + 1000 * looks++;
  const hubs = createHubs({ ids, now });
  const instances = createInstanceStore();
  const enrollments = createEnrollmentStore();
  const registrations = createRegistrationStore();
  const stores = { instances, enrollments, hubs, ids, now };
  const dps = { forget: async () => undefined };
  const bugs: unknown[] = [];
  const api = createServiceApi({
    clock: { now },
    credentialNow: Date.now,
    ids,
    instances,
    enrollments,
    registrations,
    dps,
    hubNames: hubs.names,
    settings: { assumptions: resolveAssumptions() },
    reportBug: (error) => bugs.push(error),
  });
  const resources = createResourceManager({ ...stores, registrations, dps, inTurn: (change) => change() });
  await applySetUp(await checkSetUp(document, 'set-up'), stores);
  return {
    resources,
    rest: async (service, request) => {
      const instance = (await instances.list()).find(({ name }) => name === service);
      const owner = instance?.policies.find(({ keyName }) => keyName === DPS_OWNER);
      if (owner === undefined) return undefined;
      const host = serviceHostOf(service);
      const authorization = policyToken({ host, keyName: DPS_OWNER, key: owner.primaryKey });
      const reply = await api.call({ host, path: '/', authorization, apiVersion: '2021-10-01', request });
      if (bugs.length > 0) throw bugs[0];
      return reply;
    },
    seed: async (given) => applySetUp(await checkSetUp(given, 'seed', stores), stores),
    exported: () => exportSetUp(stores),
    link: (service, names) =>
      resources.provisioningServices.put(service, {
        properties: {
          iotHubs: names.map((name) => {
            const key = hubs.policies(hubHostOf(name))?.[0]?.primaryKey ?? 'bm9uZQ==';
            return {
              connectionString: `HostName=${hubHostOf(name)};SharedAccessKeyName=iothubowner;SharedAccessKey=${key}`,
            };
          }),
        },
      }),
  };
}

/** As a file holds it, so that nothing is shared with what it came from. */
export function asFile(setUp: SetUp): unknown {
  return JSON.parse(JSON.stringify(setUp));
}
