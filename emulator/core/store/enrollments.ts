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
  countWrite(idScope: string, kind: Kind, id: string): Promise<number>;
  /** Forgets every enrollment of an instance, and how often each was written. */
  deleteScope(idScope: string): Promise<void>;
}

type Kind = 'individual' | 'group';

/** Not kept of a record that was written once and is there. */
interface WriteCount {
  /** Of the count itself, so that a list of them tells which they are. */
  readonly key: string;
  readonly count: number;
}

const INDIVIDUALS = 'individuals';
const GROUPS = 'groups';
const WRITES = 'enrollment-writes';
const COLLECTIONS: Readonly<Record<Kind, string>> = { individual: INDIVIDUALS, group: GROUPS };

export function enrollmentsIn(access: Access): Enrollments {
  const individualsPage = (idScope: string, request: PageRequest): Promise<Page<IndividualEnrollment>> =>
    access.page(listOf(INDIVIDUALS, idScope), request);
  const groupsPage = (idScope: string, request: PageRequest): Promise<Page<EnrollmentGroup>> =>
    access.page(listOf(GROUPS, idScope), request);
  const individuals = (idScope: string) => everyItem((request) => individualsPage(idScope, request));
  const groups = (idScope: string) => everyItem((request) => groupsPage(idScope, request));
  /** The count of a record that is deleted is kept; one that was written once has none so far. */
  const remove = async (kind: Kind, idScope: string, id: string): Promise<boolean> => {
    if (!(await access.delete(COLLECTIONS[kind], registrationAddress(idScope, id)))) return false;
    const key = countKey(idScope, kind, id);
    if ((await access.get(WRITES, key)) === undefined) {
      await access.put(WRITES, key, { key, count: 1 }, [listOf(WRITES, idScope)]);
    }
    return true;
  };

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
    deleteIndividual: (idScope, registrationId) => remove('individual', idScope, registrationId),
    deleteGroup: (idScope, enrollmentGroupId) => remove('group', idScope, enrollmentGroupId),
    countWrite: async (idScope, kind, id) => {
      const key = countKey(idScope, kind, id);
      const counted = (await access.get<WriteCount>(WRITES, key))?.count;
      const isThere = (await access.get(COLLECTIONS[kind], registrationAddress(idScope, id))) !== undefined;
      const count = (counted ?? (isThere ? 1 : 0)) + 1;
      // A hundred thousand that are seeded are a hundred thousand records, and not twice as many.
      if (count > 1) await access.put(WRITES, key, { key, count }, [listOf(WRITES, idScope)]);
      return count;
    },
    deleteScope: async (idScope) => {
      for (const one of await individuals(idScope)) {
        await access.delete(INDIVIDUALS, registrationAddress(idScope, one.registrationId));
      }
      for (const one of await groups(idScope)) {
        await access.delete(GROUPS, registrationAddress(idScope, one.enrollmentGroupId));
      }
      const counts = await everyItem((request) => access.page<WriteCount>(listOf(WRITES, idScope), request));
      for (const { key } of counts) await access.delete(WRITES, key);
    },
  };
}

function countKey(idScope: string, kind: Kind, id: string): string {
  return `${idScope.toLowerCase()}/${kind}/${registrationKey(id)}`;
}

function listOf(collection: string, idScope: string): string {
  return `${collection}/${idScope.toLowerCase()}`;
}
