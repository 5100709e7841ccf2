/** The parts of an emulator that hold its set-up, without a socket: what back ends, `az` and seeds write to. */

import { resolveAssumptions } from '../../../emulator/core/assumptions.ts';
import { createServiceApi } from '../../../emulator/core/enrollments/enrollment-service.ts';
import type { ServiceReply, ServiceRequest } from '../../../emulator/core/enrollments/service-call.ts';
import { createHubs } from '../../../emulator/core/hub/hub-devices.ts';
import { createIds } from '../../../emulator/core/ids.ts';
import { createResourceManager, type ResourceManager } from '../../../emulator/core/resources/resource-manager.ts';
import { applySetUp, exportSetUp } from '../../../emulator/core/set-up/apply-set-up.ts';
import { checkSetUp } from '../../../emulator/core/set-up/check-set-up.ts';
import { createMemoryStore } from '../../../emulator/core/store/memory/memory-store.ts';
import { createStore, SET_UP_TURN } from '../../../emulator/core/store/store.ts';
import { DPS_OWNER, serviceHostOf } from '../../../emulator/wire/access-policy.ts';
import { hubHostOf } from '../../../emulator/wire/resource.ts';
import type { SetUp } from '../../../emulator/wire/set-up.ts';
import { policyToken } from '../../http/support/service-client.ts';

const NOTHING = { body: '', ifMatch: undefined, maxItemCount: undefined, continuation: undefined };

const START_MS = Date.UTC(2026, 0, 1);

/** What is not said of a request is absent. */
export type RestRequest = Pick<ServiceRequest, 'operation' | 'kind' | 'id'> & Partial<ServiceRequest>;

export interface Parts {
  readonly resources: ResourceManager;
  /** As the owner of the service; `undefined` when there is no such service. */
  rest(service: string, request: RestRequest): Promise<ServiceReply | undefined>;
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
  const store = createStore(createMemoryStore());
  const hubPorts = { ids, now };
  const hubs = createHubs(store, hubPorts);
  const dps = { forget: async () => undefined };
  const seeded = (given: unknown, source: string): Promise<void> =>
    store.transaction(SET_UP_TURN, async (tx) => applySetUp(await checkSetUp(given, source, tx), tx, hubPorts));
  const bugs: unknown[] = [];
  const api = createServiceApi({
    clock: { now },
    credentialNow: Date.now,
    ...store,
    ids,
    journal: { record: () => undefined },
    dps,
    hubNames: hubs.names,
    settings: { assumptions: resolveAssumptions() },
    reportBug: (error) => bugs.push(error),
  });
  const resources = createResourceManager({ ...store, ...hubPorts, dps });
  await seeded(document, 'set-up');
  return {
    resources,
    rest: async (service, given) => {
      const instance = (await store.instances.list()).find(({ name }) => name === service);
      const owner = instance?.policies.find(({ keyName }) => keyName === DPS_OWNER);
      if (owner === undefined) return undefined;
      const host = serviceHostOf(service);
      const authorization = policyToken({ host, keyName: DPS_OWNER, key: owner.primaryKey });
      const request = { ...NOTHING, ...given };
      const reply = await api.call({ host, path: '/', authorization, apiVersion: '2021-10-01', request });
      if (bugs.length > 0) throw bugs[0];
      return reply;
    },
    seed: (given) => seeded(given, 'seed'),
    exported: () => exportSetUp(store),
    link: async (service, names) => {
      const iotHubs = await Promise.all(
        names.map(async (name) => {
          const [policy] = (await hubs.policies(hubHostOf(name))) ?? [];
          const key = policy?.primaryKey ?? 'bm9uZQ==';
          return {
            connectionString: `HostName=${hubHostOf(name)};SharedAccessKeyName=iothubowner;SharedAccessKey=${key}`,
          };
        }),
      );
      return resources.provisioningServices.put(service, { properties: { iotHubs } });
    },
  };
}

/** As a file holds it, so that nothing is shared with what it came from. */
export function asFile(setUp: SetUp): unknown {
  return JSON.parse(JSON.stringify(setUp));
}
