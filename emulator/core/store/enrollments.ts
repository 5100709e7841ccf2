/** Enrollments of every instance: the interface, and the default that keeps them in memory. */
import type { EnrollmentGroup, IndividualEnrollment } from '../../wire/enrollment.ts';
import { registrationKey } from '../../wire/registration-id.ts';

export interface EnrollmentStore {
  individual(idScope: string, registrationId: string): Promise<IndividualEnrollment | undefined>;
  individuals(idScope: string): Promise<readonly IndividualEnrollment[]>;
  group(idScope: string, enrollmentGroupId: string): Promise<EnrollmentGroup | undefined>;
  /** Oldest first: the order in which a device's credential is tried against them. */
  groups(idScope: string): Promise<readonly EnrollmentGroup[]>;
  putIndividual(idScope: string, record: IndividualEnrollment): Promise<void>;
  putGroup(idScope: string, record: EnrollmentGroup): Promise<void>;
  clear(): Promise<void>;
}

export function createEnrollmentStore(): EnrollmentStore {
  const individuals = new Map<string, Map<string, IndividualEnrollment>>();
  const groups = new Map<string, Map<string, EnrollmentGroup>>();

  return {
    individual: async (idScope, registrationId) => within(individuals, idScope).get(registrationKey(registrationId)),
    individuals: async (idScope) => [...within(individuals, idScope).values()],
    group: async (idScope, enrollmentGroupId) => within(groups, idScope).get(registrationKey(enrollmentGroupId)),
    groups: async (idScope) => [...within(groups, idScope).values()],
    putIndividual: async (idScope, record) => {
      within(individuals, idScope).set(registrationKey(record.registrationId), record);
    },
    putGroup: async (idScope, record) => {
      within(groups, idScope).set(registrationKey(record.enrollmentGroupId), record);
    },
    clear: async () => {
      individuals.clear();
      groups.clear();
    },
  };
}

/** Creates the scope's own map on first use; replacing a record keeps its place, so age order survives updates. */
function within<T>(scopes: Map<string, Map<string, T>>, idScope: string): Map<string, T> {
  const scope = idScope.toLowerCase();
  const found = scopes.get(scope) ?? new Map<string, T>();
  scopes.set(scope, found);
  return found;
}
