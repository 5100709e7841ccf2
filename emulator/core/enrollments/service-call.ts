/** A back end's request after a transport has taken it apart, and the reply before a transport puts it together. */

export type EnrollmentKindName = 'individual' | 'group';

export interface PagingHeaders {
  /** `x-ms-max-item-count` */
  readonly maxItemCount: string | undefined;
  /** `x-ms-continuation` */
  readonly continuation: string | undefined;
}

/** Named as the API names its operations. [dps-service-behaviour §4.1] */
export type ServiceRequest =
  | { readonly operation: 'getEnrollment'; readonly kind: EnrollmentKindName; readonly id: string }
  | {
      readonly operation: 'createOrUpdateEnrollment';
      readonly kind: EnrollmentKindName;
      readonly id: string;
      readonly ifMatch: string | undefined;
      readonly body: string;
    }
  | {
      readonly operation: 'deleteEnrollment';
      readonly kind: EnrollmentKindName;
      readonly id: string;
      readonly ifMatch: string | undefined;
    }
  | {
      readonly operation: 'queryEnrollments';
      readonly kind: EnrollmentKindName;
      readonly body: string;
      readonly paging: PagingHeaders;
    }
  | { readonly operation: 'runBulkOperation'; readonly kind: EnrollmentKindName; readonly body: string }
  | { readonly operation: 'getAttestationMechanism'; readonly kind: EnrollmentKindName; readonly id: string }
  | { readonly operation: 'getRegistrationState'; readonly id: string }
  | { readonly operation: 'deleteRegistrationState'; readonly id: string; readonly ifMatch: string | undefined }
  | {
      readonly operation: 'queryRegistrationStates';
      /** The enrollment group's id. */
      readonly id: string;
      readonly body: string;
      readonly paging: PagingHeaders;
    };

export type ServiceOperation = ServiceRequest['operation'];

export interface ServiceCall {
  /** The `Host` header, with its port. */
  readonly host: string | undefined;
  /** As it was sent, without the query: what a token's resource is compared with. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly apiVersion: string | undefined;
  readonly request: ServiceRequest;
}

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

/** What an operation comes to, before it is a reply. */
export type ServiceAnswer =
  | { readonly kind: 'body'; readonly body: unknown; readonly paging?: ReplyPaging }
  | { readonly kind: 'no-content' };
