/** Enrollments of every instance. */
import type { EnrollmentGroup, IndividualEnrollment } from '../../wire/enrollment.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import { type Access, everyItem } from './access.ts';
import type { Page, PageRequest } from './record-store.ts';
import { registrationAddress } from './registrations.ts';

export interface EnrollmentReads {
  individual(idScope: string, registrationId: string): Promise<IndividualEnrollment | undefined>;
  individuals(idScope: string): Promise<readonly IndividualEnrollment[]>;
  /** Oldest first; a page costs its own length, wherever it stands. */
  individualsPage(idScope: string, page: PageRequest): Promise<Page<IndividualEnrollment>>;
  group(idScope: string, enrollmentGroupId: string): Promise<EnrollmentGroup | undefined>;
  /** Oldest first: the order in which a device's credential is tried against them. */
  groups(idScope: string): Promise<readonly EnrollmentGroup[]>;
  groupsPage(idScope: string, page: PageRequest): Promise<Page<EnrollmentGroup>>;
}

export interface Enrollments extends EnrollmentReads {
  putIndividual(idScope: string, record: IndividualEnrollment): Promise<void>;
  putGroup(idScope: string, record: EnrollmentGroup): Promise<void>;
  /** False when there is none. */
  deleteIndividual(idScope: string, registrationId: string): Promise<boolean>;
  deleteGroup(idScope: string, enrollmentGroupId: string): Promise<boolean>;
  /** Counts a write to this id and says the how-manieth it is, deleted records of it included: an etag's ordinal. */
  countWrite(idScope: string, kind: 'individual' | 'group', id: string): Promise<number>;
  /** Forgets every enrollment of an instance, and how often each was written. */
  deleteScope(idScope: string): Promise<void>;
}

interface WriteCount {
  /** Of the count itself, so that a list of them tells which they are. */
  readonly key: string;
  readonly count: number;
}

const INDIVIDUALS = 'individuals';
const GROUPS = 'groups';
const WRITES = 'enrollment-writes';

export function enrollmentsIn(access: Access): Enrollments {
  const individualsPage = (idScope: string, request: PageRequest): Promise<Page<IndividualEnrollment>> =>
    access.page(listOf(INDIVIDUALS, idScope), request);
  const groupsPage = (idScope: string, request: PageRequest): Promise<Page<EnrollmentGroup>> =>
    access.page(listOf(GROUPS, idScope), request);
  const individuals = (idScope: string) => everyItem((request) => individualsPage(idScope, request));
  const groups = (idScope: string) => everyItem((request) => groupsPage(idScope, request));
  const remove = (collection: string, idScope: string, id: string): Promise<boolean> =>
    access.delete(collection, registrationAddress(idScope, id));

  return {
    individual: (idScope, registrationId) => access.get(INDIVIDUALS, registrationAddress(idScope, registrationId)),
    individuals,
    individualsPage,
    group: (idScope, enrollmentGroupId) => access.get(GROUPS, registrationAddress(idScope, enrollmentGroupId)),
    groups,
    groupsPage,
    putIndividual: (idScope, record) => {
      const lists = [listOf(INDIVIDUALS, idScope)];
      return access.put(INDIVIDUALS, registrationAddress(idScope, record.registrationId), record, lists);
    },
    putGroup: (idScope, record) => {
      const lists = [listOf(GROUPS, idScope)];
      return access.put(GROUPS, registrationAddress(idScope, record.enrollmentGroupId), record, lists);
    },
    deleteIndividual: (idScope, registrationId) => remove(INDIVIDUALS, idScope, registrationId),
    deleteGroup: (idScope, enrollmentGroupId) => remove(GROUPS, idScope, enrollmentGroupId),
    countWrite: async (idScope, kind, id) => {
      const key = `${idScope.toLowerCase()}/${kind}/${registrationKey(id)}`;
      const count = ((await access.get<WriteCount>(WRITES, key))?.count ?? 0) + 1;
      await access.put(WRITES, key, { key, count }, [listOf(WRITES, idScope)]);
      return count;
    },
    deleteScope: async (idScope) => {
      for (const { registrationId } of await individuals(idScope)) await remove(INDIVIDUALS, idScope, registrationId);
      for (const { enrollmentGroupId } of await groups(idScope)) await remove(GROUPS, idScope, enrollmentGroupId);
      const counts = await everyItem((request) => access.page<WriteCount>(listOf(WRITES, idScope), request));
      for (const { key } of counts) await access.delete(WRITES, key);
    },
  };
}

function listOf(collection: string, idScope: string): string {
  return `${collection}/${idScope.toLowerCase()}`;
}
