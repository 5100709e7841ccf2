/** What the management plane works on: the records of one transaction. */
import type { DpsService } from '../dps/dps-service.ts';
import type { HubPorts, Hubs } from '../hub/hub-devices.ts';
import type { Transaction } from '../store/store.ts';

export interface ManagementPorts extends HubPorts {
  readonly tx: Transaction;
  readonly hubs: Hubs;
  readonly dps: Pick<DpsService, 'forget'>;
}
