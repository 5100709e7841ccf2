/** A back end's request after a transport has taken it apart, and the reply before a transport puts it together. */
import type { Answer, BackEndCall } from '../answering.ts';

export type EnrollmentKindName = 'individual' | 'group';

export interface PagingHeaders {
  /** `x-ms-max-item-count` */
  readonly maxItemCount: string | undefined;
  /** `x-ms-continuation` */
  readonly continuation: string | undefined;
}

/** Named as the API names them. [dps-service-behaviour §4.1] */
export type ServiceOperation =
  | 'getEnrollment'
  | 'createOrUpdateEnrollment'
  | 'deleteEnrollment'
  | 'queryEnrollments'
  | 'runBulkOperation'
  | 'getAttestationMechanism'
  | 'getRegistrationState'
  | 'deleteRegistrationState'
  | 'queryRegistrationStates';

/** What address, headers and body say; each operation reads what is meant for it. */
export interface ServiceRequest extends PagingHeaders {
  readonly operation: ServiceOperation;
  /** Of the enrollment that the id names, or by whose id registrations are asked for. */
  readonly kind: EnrollmentKindName;
  /** Empty where the address names none. */
  readonly id: string;
  /** Empty without a body. */
  readonly body: string;
  readonly ifMatch: string | undefined;
}

export type ServiceCall = BackEndCall<ServiceRequest>;

/** Response headers of a query. [dps-service-behaviour §4.2] */
export interface ReplyPaging {
  readonly itemType: 'enrollment' | 'enrollmentGroup' | 'deviceRegistration';
  readonly maxItemCount: number;
  /** Absent on the last page: the Node SDK takes even an empty header for "there is more". [§4.6] */
  readonly continuation?: string;
}

export interface ServiceReply {
  /** HTTP status. */
  readonly status: number;
  /** The body as it goes over the wire; empty with 204. */
  readonly text: string;
  /** Present on a refusal of the provisioning service; a hub's has none. */
  readonly errorCode?: number;
  readonly paging?: ReplyPaging;
  readonly requestId: string;
}

export type ServiceAnswer = Answer<ReplyPaging>;
