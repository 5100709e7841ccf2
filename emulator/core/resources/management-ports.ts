/** What the management plane works on: the stores of the emulator, through interfaces of its own. */

import type { GivenPolicy, HubPolicy, HubRight } from '../../wire/access-policy.ts';
import type { PolicyResource, ResourceFacts } from '../../wire/resource.ts';
import type { DpsService } from '../dps/dps-service.ts';
import type { Ids } from '../ids.ts';
import type { EnrollmentStore } from '../store/enrollments.ts';
import type { InstanceStore } from '../store/instances.ts';
import type { RegistrationStore } from '../store/registrations.ts';

/** The part of the hubs that the management plane touches. */
export interface ManagedHubs {
  names(): readonly string[];
  create(
    hub: string,
    given?: { readonly policies?: readonly GivenPolicy<HubRight>[]; readonly facts?: ResourceFacts },
  ): void;
  facts(hub: string): ResourceFacts | undefined;
  policies(hub: string): readonly HubPolicy[] | undefined;
  delete(hub: string): boolean;
}

export interface ManagementPorts {
  readonly instances: InstanceStore;
  readonly enrollments: EnrollmentStore;
  readonly registrations: RegistrationStore;
  readonly hubs: ManagedHubs;
  readonly dps: Pick<DpsService, 'forget'>;
  readonly ids: Ids;
  /** Changes happen one after the other, with seeds and resets too. */
  readonly inTurn: <T>(change: () => Promise<T>) => Promise<T>;
}

/** One kind of resource, as the management plane lets it be seen and changed. */
export interface Resources<T> {
  /** @param resourceGroup only those in it */
  list(resourceGroup: string | undefined): Promise<readonly T[]>;
  get(name: string, resourceGroup: string | undefined): Promise<T>;
  put(name: string, request: unknown): Promise<T>;
  delete(name: string, resourceGroup: string | undefined): Promise<void>;
  /** Keys in clear. */
  policies(name: string, resourceGroup: string | undefined): Promise<readonly PolicyResource[]>;
}
