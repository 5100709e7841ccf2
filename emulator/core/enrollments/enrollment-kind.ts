/** What tells individual enrollments and groups apart, so that every operation is written once. */
import type { EnrollmentGroup, IndividualEnrollment } from '../../wire/enrollment.ts';
import { isRegistrationId, REGISTRATION_ID_RULE } from '../../wire/registration-id.ts';
import type { GivenEnrollment } from '../../wire/set-up.ts';
import { DpsError, type ErrorName } from '../errors.ts';
import type { ServiceSettings } from '../ports.ts';
import type { EnrollmentReads } from '../store/enrollments.ts';
import type { Page, PageRequest } from '../store/record-store.ts';
import type { EnrollmentKindName, ReplyPaging } from './service-call.ts';

export type EnrollmentRecord = IndividualEnrollment | EnrollmentGroup;

export interface EnrollmentKind {
  readonly name: EnrollmentKindName;
  readonly idMember: 'registrationId' | 'enrollmentGroupId';
  /** Its segment of the address, and its member in a bulk body. */
  readonly collection: 'enrollments' | 'enrollmentGroups';
  readonly itemType: ReplyPaging['itemType'];
  readonly notFound: ErrorName;
  get(idScope: string, id: string): Promise<EnrollmentRecord | undefined>;
  page(idScope: string, page: PageRequest): Promise<Page<EnrollmentRecord>>;
  all(idScope: string): Promise<readonly EnrollmentRecord[]>;
}

export function enrollmentKind(name: EnrollmentKindName, store: EnrollmentReads): EnrollmentKind {
  if (name === 'individual') {
    return {
      name,
      idMember: 'registrationId',
      collection: 'enrollments',
      itemType: 'enrollment',
      notFound: 'EnrollmentNotFound',
      get: store.individual,
      page: store.individualsPage,
      all: store.individuals,
    };
  }
  return {
    name,
    idMember: 'enrollmentGroupId',
    collection: 'enrollmentGroups',
    itemType: 'enrollmentGroup',
    notFound: 'EnrollmentGroupNotFound',
    get: store.group,
    page: store.groupsPage,
    all: store.groups,
  };
}

export function idOf(record: GivenEnrollment): string {
  return 'registrationId' in record ? record.registrationId : record.enrollmentGroupId;
}

/** @throws {DpsError} unless the id keeps the grammar */
export function checkId(id: string, member: string, { assumptions }: Pick<ServiceSettings, 'assumptions'>): void {
  if (isRegistrationId(id, assumptions['registration-id-edges'])) return;
  const message = `The ${member} "${id.slice(0, 160)}" is not valid: it must be ${REGISTRATION_ID_RULE}.`;
  throw new DpsError('RequestInvalid', { message });
}
