/** What an operation of the service API is given: what the common checks have established, and what it needs from outside. */
import type { Clock } from '../clock/clock.ts';
import type { DpsService } from '../dps/dps-service.ts';
import type { Ids } from '../ids.ts';
import type { Journal } from '../journal/journal.ts';
import type { ServiceSettings } from '../ports.ts';
import type { EnrollmentReads } from '../store/enrollments.ts';
import type { DpsInstance, InstanceReads } from '../store/instances.ts';
import type { RegistrationReads } from '../store/registrations.ts';
import type { Store } from '../store/store.ts';

export interface CheckedServiceCall {
  readonly instance: DpsInstance;
  readonly apiVersion: string;
}

export interface ServiceApiPorts {
  readonly clock: Pick<Clock, 'now'>;
  /** The instant by which tokens expire, milliseconds since the epoch. */
  readonly credentialNow: () => number;
  readonly ids: Ids;
  readonly journal: Pick<Journal, 'record'>;
  readonly instances: InstanceReads;
  readonly enrollments: EnrollmentReads;
  readonly registrations: RegistrationReads;
  readonly transaction: Store['transaction'];
  readonly dps: Pick<DpsService, 'forget'>;
  /** Host names of the hubs here: to notice their connection strings where a provisioning service's belongs. */
  readonly hubNames: () => Promise<readonly string[]>;
  readonly settings: Pick<ServiceSettings, 'assumptions'>;
  readonly reportBug: (error: unknown, where: string) => void;
}
