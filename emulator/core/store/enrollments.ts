/** Enrollments of every instance: the interface, and the default that keeps them in memory. */
import type { EnrollmentGroup, IndividualEnrollment } from '../../wire/enrollment.ts';
import { registrationKey } from '../../wire/registration-id.ts';
import { createOrderedMap, type OrderedMap, type Page, type PageRequest } from './ordered-map.ts';

export interface EnrollmentStore {
  individual(idScope: string, registrationId: string): Promise<IndividualEnrollment | undefined>;
  individuals(idScope: string): Promise<readonly IndividualEnrollment[]>;
  /** Oldest first; a page costs its own length, wherever it stands. */
  individualsPage(idScope: string, page: PageRequest): Promise<Page<IndividualEnrollment>>;
  group(idScope: string, enrollmentGroupId: string): Promise<EnrollmentGroup | undefined>;
  /** Oldest first: the order in which a device's credential is tried against them. */
  groups(idScope: string): Promise<readonly EnrollmentGroup[]>;
  groupsPage(idScope: string, page: PageRequest): Promise<Page<EnrollmentGroup>>;
  putIndividual(idScope: string, record: IndividualEnrollment): Promise<void>;
  putGroup(idScope: string, record: EnrollmentGroup): Promise<void>;
  /** False when there is none. */
  deleteIndividual(idScope: string, registrationId: string): Promise<boolean>;
  deleteGroup(idScope: string, enrollmentGroupId: string): Promise<boolean>;
  /** Counts a write to this id and says the how-manieth it is, deleted records of it included: an etag's ordinal. */
  countWrite(idScope: string, kind: 'individual' | 'group', id: string): Promise<number>;
  /** Forgets every enrollment of an instance. */
  deleteScope(idScope: string): Promise<void>;
  clear(): Promise<void>;
}

export function createEnrollmentStore(): EnrollmentStore {
  const individuals = new Map<string, OrderedMap<IndividualEnrollment>>();
  const groups = new Map<string, OrderedMap<EnrollmentGroup>>();
  const writes = new Map<string, number>();

  return {
    individual: async (idScope, registrationId) => within(individuals, idScope).get(registrationKey(registrationId)),
    individuals: async (idScope) => within(individuals, idScope).values(),
    individualsPage: async (idScope, page) => within(individuals, idScope).page(page),
    group: async (idScope, enrollmentGroupId) => within(groups, idScope).get(registrationKey(enrollmentGroupId)),
    groups: async (idScope) => within(groups, idScope).values(),
    groupsPage: async (idScope, page) => within(groups, idScope).page(page),
    putIndividual: async (idScope, record) => {
      within(individuals, idScope).set(registrationKey(record.registrationId), record);
    },
    putGroup: async (idScope, record) => {
      within(groups, idScope).set(registrationKey(record.enrollmentGroupId), record);
    },
    deleteIndividual: async (idScope, registrationId) =>
      within(individuals, idScope).delete(registrationKey(registrationId)),
    deleteGroup: async (idScope, enrollmentGroupId) =>
      within(groups, idScope).delete(registrationKey(enrollmentGroupId)),
    countWrite: async (idScope, kind, id) => {
      const key = `${idScope.toLowerCase()}/${kind}/${registrationKey(id)}`;
      const count = (writes.get(key) ?? 0) + 1;
      writes.set(key, count);
      return count;
    },
    deleteScope: async (idScope) => {
      const scope = idScope.toLowerCase();
      individuals.delete(scope);
      groups.delete(scope);
      for (const key of writes.keys()) if (key.startsWith(`${scope}/`)) writes.delete(key);
    },
    clear: async () => {
      individuals.clear();
      groups.clear();
      writes.clear();
    },
  };
}

/** Creates the scope's own map on first use; replacing a record keeps its place, so age order survives updates. */
function within<T>(scopes: Map<string, OrderedMap<T>>, idScope: string): OrderedMap<T> {
  const scope = idScope.toLowerCase();
  const found = scopes.get(scope) ?? createOrderedMap<T>();
  scopes.set(scope, found);
  return found;
}
