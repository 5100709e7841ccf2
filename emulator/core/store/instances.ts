/** DPS instances of this process: what a device's ID scope selects. */
import type { DpsPolicy } from '../../wire/access-policy.ts';
import type { ResourceFacts } from '../../wire/resource.ts';

export interface LinkedHub {
  /** The hub's host name. */
  readonly name: string;
  /** 1 to 1000; 1 when absent. [dps-service-behaviour §2] */
  readonly allocationWeight?: number;
  /** `false` removes the hub from the evaluation of policies, though an enrollment may still name it. */
  readonly applyAllocationPolicy?: boolean;
  /** Region, as the link was made. */
  readonly location?: string;
  /** The hub's policy that the link was made with. */
  readonly sharedAccessKeyName?: string;
}

export interface DpsInstance extends ResourceFacts {
  readonly name: string;
  readonly idScope: string;
  readonly allocationPolicy: 'hashed' | 'geoLatency' | 'static';
  readonly linkedHubs: readonly LinkedHub[];
  /** Who may use the service API, and for what. */
  readonly policies: readonly DpsPolicy[];
}

export interface InstanceStore {
  byScope(idScope: string): Promise<DpsInstance | undefined>;
  list(): Promise<readonly DpsInstance[]>;
  put(instance: DpsInstance): Promise<void>;
  /** False when there is none. */
  delete(idScope: string): Promise<boolean>;
  clear(): Promise<void>;
}

export function createInstanceStore(): InstanceStore {
  const instances = new Map<string, DpsInstance>();
  return {
    byScope: async (idScope) => instances.get(idScope.toLowerCase()),
    list: async () => [...instances.values()],
    put: async (instance) => {
      instances.set(instance.idScope.toLowerCase(), instance);
    },
    delete: async (idScope) => instances.delete(idScope.toLowerCase()),
    clear: async () => instances.clear(),
  };
}
