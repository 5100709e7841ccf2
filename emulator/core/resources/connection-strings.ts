/** The connection strings of a back end: of each provisioning service and each hub, for the policy that may do everything. */

import { type AccessPolicy, connectionString, DPS_OWNER, HUB_OWNER, serviceHostOf } from '../../wire/access-policy.ts';
import type { Reads } from '../store/store.ts';

export interface ServiceConnection {
  /** The host name that the service has in Azure. */
  readonly host: string;
  readonly connectionString: string;
}

export interface ConnectionStrings {
  /** In the order of the set-up. */
  readonly dps: readonly (ServiceConnection & { readonly idScope: string })[];
  readonly hubs: readonly ServiceConnection[];
}

export async function connectionStringsOf({ instances, storedHubs }: Reads): Promise<ConnectionStrings> {
  return {
    dps: (await instances.list()).map(({ name, idScope, policies }) => {
      const host = serviceHostOf(name);
      return { host, idScope, connectionString: stringFor(host, policies, DPS_OWNER) };
    }),
    hubs: (await storedHubs.list()).map(({ name: host, policies }) => ({
      host,
      connectionString: stringFor(host, policies, HUB_OWNER),
    })),
  };
}

function stringFor(host: string, policies: readonly AccessPolicy<string>[], keyName: string): string {
  const policy = policies.find((one) => one.keyName.toLowerCase() === keyName.toLowerCase());
  return policy === undefined ? '' : connectionString(host, policy);
}
