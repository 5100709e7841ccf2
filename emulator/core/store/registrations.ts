/** Registration records: what the service remembers of a device, whichever operation it came through. */
import type { RegistrationStatus, Substatus } from '../../wire/registration.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import type { JsonObject } from '../../wire/twin.ts';
import { createOrderedMap, type OrderedMap, type Page, type PageRequest } from './ordered-map.ts';

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
  /** How the device has proved itself; absent when it was barred before that was looked at. */
  readonly attestation?: 'symmetricKey' | 'x509' | 'tpm';
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

/** How far the counts of a registration have come: they go on when a deleted one registers again. */
export type RegistrationCounts = Pick<RegistrationRecord, 'version' | 'operationCount'>;

export interface RegistrationStore {
  get(idScope: string, registrationId: string): Promise<RegistrationRecord | undefined>;
  put(record: RegistrationRecord): Promise<void>;
  /** False when there is none. */
  delete(idScope: string, registrationId: string): Promise<boolean>;
  /** Where a deleted registration left off, so that no id or etag is given twice. */
  countsOfDeleted(idScope: string, registrationId: string): Promise<RegistrationCounts | undefined>;
  list(): Promise<readonly RegistrationRecord[]>;
  /** Those that registered through a group, oldest first; a page costs its own length. */
  groupPage(idScope: string, enrollmentGroupId: string, page: PageRequest): Promise<Page<RegistrationRecord>>;
  /** Forgets every registration of an ID scope that is no longer there, and the counts of the deleted ones. */
  deleteScope(idScope: string): Promise<void>;
  clear(): Promise<void>;
}

/** The key under which the state changes of one registration are ordered. */
export function registrationAddress(idScope: string, registrationId: string): string {
  return `${idScope.toLowerCase()}/${registrationKey(registrationId)}`;
}

export function createRegistrationStore(): RegistrationStore {
  const records = createOrderedMap<RegistrationRecord>();
  const byGroup = new Map<string, OrderedMap<RegistrationRecord>>();
  const deleted = new Map<string, RegistrationCounts>();

  /** A device may come through another enrollment than before: then it changes lists. */
  const leaveGroup = (address: string, group: string | undefined): void => {
    if (group !== undefined) byGroup.get(group)?.delete(address);
  };
  return {
    get: async (idScope, registrationId) => records.get(registrationAddress(idScope, registrationId)),
    put: async (record) => {
      const address = registrationAddress(record.idScope, record.registrationId);
      const group = groupOf(record);
      const old = records.get(address);
      if (old !== undefined && groupOf(old) !== group) leaveGroup(address, groupOf(old));
      records.set(address, record);
      deleted.delete(address);
      if (group === undefined) return;
      const members = byGroup.get(group) ?? createOrderedMap<RegistrationRecord>();
      byGroup.set(group, members);
      members.set(address, record);
    },
    delete: async (idScope, registrationId) => {
      const address = registrationAddress(idScope, registrationId);
      const old = records.get(address);
      if (old === undefined) return false;
      leaveGroup(address, groupOf(old));
      records.delete(address);
      deleted.set(address, { version: old.version, operationCount: old.operationCount });
      return true;
    },
    countsOfDeleted: async (idScope, registrationId) => deleted.get(registrationAddress(idScope, registrationId)),
    list: async () => records.values(),
    groupPage: async (idScope, enrollmentGroupId, page) =>
      byGroup.get(registrationAddress(idScope, enrollmentGroupId))?.page(page) ?? { items: [] },
    deleteScope: async (idScope) => {
      const prefix = registrationAddress(idScope, '');
      for (const record of records.values()) {
        const address = registrationAddress(record.idScope, record.registrationId);
        if (address.startsWith(prefix)) records.delete(address);
      }
      for (const group of byGroup.keys()) if (group.startsWith(prefix)) byGroup.delete(group);
      for (const address of deleted.keys()) if (address.startsWith(prefix)) deleted.delete(address);
    },
    clear: async () => {
      records.clear();
      byGroup.clear();
      deleted.clear();
    },
  };
}

function groupOf({ idScope, enrollmentGroupId }: RegistrationRecord): string | undefined {
  return enrollmentGroupId === undefined ? undefined : registrationAddress(idScope, enrollmentGroupId);
}
