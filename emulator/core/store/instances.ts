/** DPS instances: what a device's ID scope selects. */
import type { DpsPolicy } from '../../wire/access-policy.ts';
import type { ResourceFacts } from '../../wire/resource.ts';
import { type Access, everyItem } from './access.ts';

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
  readonly policy: string;
  /** The key of that policy when the link was made; the hub may have another one since. Empty: none was known. */
  readonly key: string;
}

export interface DpsInstance extends ResourceFacts {
  readonly name: string;
  readonly idScope: string;
  readonly allocationPolicy: 'hashed' | 'geoLatency' | 'static';
  readonly linkedHubs: readonly LinkedHub[];
  /** Who may use the service API, and for what. */
  readonly policies: readonly DpsPolicy[];
}

export interface InstanceReads {
  byScope(idScope: string): Promise<DpsInstance | undefined>;
  list(): Promise<readonly DpsInstance[]>;
}

export interface Instances extends InstanceReads {
  put(instance: DpsInstance): Promise<void>;
  /** False when there is none. */
  delete(idScope: string): Promise<boolean>;
  /** Counts the ID scopes given to services of this name, deleted ones included; from 0. */
  nextScopeOrdinal(dpsName: string): Promise<number>;
}

export function instancesIn(access: Access): Instances {
  return {
    byScope: (idScope) => access.get(INSTANCES, idScope.toLowerCase()),
    list: () => everyItem((request) => access.page(INSTANCES, request)),
    put: (instance) => access.put(INSTANCES, instance.idScope.toLowerCase(), instance, [INSTANCES]),
    delete: (idScope) => access.delete(INSTANCES, idScope.toLowerCase()),
    nextScopeOrdinal: async (dpsName) => {
      const { count = 0 } = (await access.get<{ readonly count: number }>(SCOPES_GIVEN, dpsName.toLowerCase())) ?? {};
      await access.put(SCOPES_GIVEN, dpsName.toLowerCase(), { count: count + 1 }, []);
      return count;
    },
  };
}

const INSTANCES = 'instances';
const SCOPES_GIVEN = 'scopes-given';
