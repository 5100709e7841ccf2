/** Registration records: what the service remembers of a device, whichever operation it came through. */
import type { RegistrationStatus, Substatus } from '../../wire/registration.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import type { JsonObject } from '../../wire/twin.ts';
import { type Access, everyItem } from './access.ts';
import type { Page, PageRequest } from './record-store.ts';

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
  /** The operations that are kept, oldest first; the latest is the last of them. */
  readonly operationIds: readonly string[];
}

/** What an operation left of its registration: the very record, so that in memory it is there once. */
export type Outcome = Omit<RegistrationRecord, 'operationIds'>;

/** How far the counts of a registration have come: they go on when a deleted one registers again. */
export type RegistrationCounts = Pick<RegistrationRecord, 'version' | 'operationCount'>;

export interface RegistrationReads {
  get(idScope: string, registrationId: string): Promise<RegistrationRecord | undefined>;
  /** Where a deleted registration left off, so that no id or etag is given twice. */
  countsOfDeleted(idScope: string, registrationId: string): Promise<RegistrationCounts | undefined>;
  list(): Promise<readonly RegistrationRecord[]>;
  /** Those that registered through a group, oldest first; a page costs its own length. */
  groupPage(idScope: string, enrollmentGroupId: string, page: PageRequest): Promise<Page<RegistrationRecord>>;
}

export interface Registrations extends RegistrationReads {
  put(record: RegistrationRecord): Promise<void>;
  /** Keeps how far its counts had come. False when there is none. */
  delete(idScope: string, registrationId: string): Promise<boolean>;
  /** Forgets the counts of the deleted registrations of an ID scope that is no longer there. */
  deleteCounts(idScope: string): Promise<void>;
}

/** The key under which the state changes of one registration are ordered. */
export function registrationAddress(idScope: string, registrationId: string): string {
  return `${idScope.toLowerCase()}/${registrationKey(registrationId)}`;
}

const REGISTRATIONS = 'registrations';
const DELETED = 'deleted-registrations';

interface DeletedRegistration extends RegistrationCounts {
  readonly address: string;
}

export function registrationsIn(access: Access): Registrations {
  const countsOfDeleted = (idScope: string, registrationId: string): Promise<DeletedRegistration | undefined> =>
    access.get(DELETED, registrationAddress(idScope, registrationId));
  const get = (idScope: string, registrationId: string): Promise<RegistrationRecord | undefined> =>
    access.get(REGISTRATIONS, registrationAddress(idScope, registrationId));

  return {
    get,
    countsOfDeleted,
    list: () => everyItem((request) => access.page(REGISTRATIONS, request)),
    groupPage: (idScope, enrollmentGroupId, page) => access.page(groupList(idScope, enrollmentGroupId), page),
    put: (record) => {
      const { idScope, registrationId, enrollmentGroupId: group } = record;
      // A device may come through another enrollment than before: then it changes lists.
      const lists = group === undefined ? [REGISTRATIONS] : [REGISTRATIONS, groupList(idScope, group)];
      return access.put(REGISTRATIONS, registrationAddress(idScope, registrationId), record, lists);
    },
    delete: async (idScope, registrationId) => {
      const old = await get(idScope, registrationId);
      if (old === undefined) return false;
      const address = registrationAddress(idScope, registrationId);
      const { version, operationCount } = old;
      await countsOfDeleted(idScope, registrationId);
      await access.put(DELETED, address, { address, version, operationCount }, [deletedList(idScope)]);
      return access.delete(REGISTRATIONS, address);
    },
    deleteCounts: async (idScope) => {
      const deleted = await everyItem((request) => access.page<DeletedRegistration>(deletedList(idScope), request));
      for (const { address } of deleted) await access.delete(DELETED, address);
    },
  };
}

function groupList(idScope: string, enrollmentGroupId: string): string {
  return `${REGISTRATIONS}/${registrationAddress(idScope, enrollmentGroupId)}`;
}

function deletedList(idScope: string): string {
  return `${DELETED}/${idScope.toLowerCase()}`;
}
