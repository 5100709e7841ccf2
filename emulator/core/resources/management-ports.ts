/** What the management plane works on: the records of one transaction. */
import type { PolicyResource } from '../../wire/resource.ts';
import type { DpsService } from '../dps/dps-service.ts';
import type { HubPorts, Hubs } from '../hub/hub-devices.ts';
import type { Transaction } from '../store/store.ts';

export interface ManagementPorts extends HubPorts {
  readonly tx: Transaction;
  readonly hubs: Hubs;
  readonly dps: Pick<DpsService, 'forget'>;
  /** Told of each ID scope that the transaction takes away. */
  readonly onScopeDeleted: (idScope: string) => void;
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
