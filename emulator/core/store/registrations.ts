/** Registration records: what the service remembers of a device, whichever operation it came through. */
import type { RegistrationStatus, Substatus } from '../../wire/registration.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import type { JsonObject } from '../../wire/twin.ts';

export interface Assignment {
  readonly hub: string;
  readonly deviceId: string;
}

export interface RegistrationRecord {
  readonly idScope: string;
  /** As the device spelt it when it first registered. */
  readonly registrationId: string;
  /** Absent for an individual enrollment. */
  readonly enrollmentGroupId?: string;
  readonly status: RegistrationStatus;
  readonly substatus?: Substatus;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  /** Survives a later failure, so that the next register can name the current hub. */
  readonly assignment?: Assignment;
  readonly payload?: JsonObject;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly etag: string;
  /** Number of writes; gives the next etag its ordinal. */
  readonly version: number;
  /** The latest operation: only this one may conclude the registration. */
  readonly operationId: string;
  /** Number of operations so far; gives the next operation id its ordinal. */
  readonly operationCount: number;
}

export interface RegistrationStore {
  get(idScope: string, registrationId: string): Promise<RegistrationRecord | undefined>;
  put(record: RegistrationRecord): Promise<void>;
  list(): Promise<readonly RegistrationRecord[]>;
  clear(): Promise<void>;
}

/** The key under which the state changes of one registration are ordered. */
export function registrationAddress(idScope: string, registrationId: string): string {
  return `${idScope.toLowerCase()}/${registrationKey(registrationId)}`;
}

export function createRegistrationStore(): RegistrationStore {
  const records = new Map<string, RegistrationRecord>();
  return {
    get: async (idScope, registrationId) => records.get(registrationAddress(idScope, registrationId)),
    put: async (record) => {
      records.set(registrationAddress(record.idScope, record.registrationId), record);
    },
    list: async () => [...records.values()],
    clear: async () => records.clear(),
  };
}
