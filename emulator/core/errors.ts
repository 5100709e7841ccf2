/** Every error the service knows, a row each; the transports render a row and choose nothing. */
import { httpStatusOf } from '../wire/error-body.ts';
import type { TpmChallenge } from '../wire/registration.ts';

interface ErrorRow {
  readonly errorCode: number;
  /** Condition with which an AMQP link or message is refused. */
  readonly amqpCondition: string;
  /** What a device reads when the place that raises the error has nothing more exact to say. */
  readonly message: string;
}

/** Codes: dps-service-behaviour §7 and dps-device-protocol §6.5. Where no code is on record, docs/fidelity.md says so. */
export const ERRORS = {
  ApiVersionInvalid: {
    errorCode: 400001,
    amqpCondition: 'amqp:invalid-field',
    message: 'The api-version is missing or not supported.',
  },
  /** All that a device reads; the rule is the reason. A back end reads the rule. [found/2026-11 A10] */
  RequestInvalid: { errorCode: 400004, amqpCondition: 'amqp:invalid-field', message: 'BadRequest' },
  RegistrationIdInvalid: {
    errorCode: 400004,
    amqpCondition: 'amqp:invalid-field',
    message: 'Invalid RegistrationId',
  },
  DeserializationFailed: {
    errorCode: 400012,
    amqpCondition: 'amqp:invalid-field',
    message: 'Deserialization error.',
  },
  CustomAllocationFailed: {
    errorCode: 400207,
    amqpCondition: 'amqp:internal-error',
    message: 'Custom allocation failed.',
  },
  CustomAllocationIotHubNotSpecified: {
    errorCode: 400208,
    amqpCondition: 'amqp:internal-error',
    message: 'Custom allocation did not specify an IoT hub.',
  },
  CustomAllocationUnauthorizedAccess: {
    errorCode: 400209,
    amqpCondition: 'amqp:internal-error',
    message: 'Custom allocation failed with status code: 401',
  },
  CredentialUnreadable: { errorCode: 401000, amqpCondition: 'amqp:unauthorized-access', message: 'Unauthorized' },
  IotHubNotFound: { errorCode: 401001, amqpCondition: 'amqp:unauthorized-access', message: 'IoT hub not found.' },
  Unauthorized: { errorCode: 401002, amqpCondition: 'amqp:unauthorized-access', message: 'Unauthorized' },
  NotFound: { errorCode: 404001, amqpCondition: 'amqp:not-found', message: 'There is nothing at this address.' },
  IdScopeNotFound: { errorCode: 404201, amqpCondition: 'amqp:not-found', message: 'ID scope not found.' },
  RegistrationNotFound: { errorCode: 404202, amqpCondition: 'amqp:not-found', message: 'Registration not found.' },
  OperationNotFound: { errorCode: 404203, amqpCondition: 'amqp:not-found', message: 'Operation not found.' },
  EnrollmentNotFound: { errorCode: 404201, amqpCondition: 'amqp:not-found', message: 'Enrollment not found.' },
  EnrollmentGroupNotFound: {
    errorCode: 404204,
    amqpCondition: 'amqp:not-found',
    message: 'Enrollment group not found.',
  },
  MethodNotAllowed: {
    errorCode: 405001,
    amqpCondition: 'amqp:not-allowed',
    message: 'The method is not allowed at this address.',
  },
  EnrollmentAlreadyExists: {
    errorCode: 409201,
    amqpCondition: 'amqp:not-allowed',
    message: 'Enrollment already exists',
  },
  PreconditionFailed: { errorCode: 412001, amqpCondition: 'amqp:precondition-failed', message: 'ETag is invalid' },
  MediaTypeUnsupported: {
    errorCode: 415001,
    amqpCondition: 'amqp:not-allowed',
    message: 'The content type of the body must be application/json.',
  },
  InternalError: {
    errorCode: 500001,
    amqpCondition: 'amqp:internal-error',
    message: 'The service hit an internal error.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorName = keyof typeof ERRORS;

export interface ErrorDetail {
  /** Replaces the row's message in what the device reads. */
  readonly message?: string;
  /** Why, for the user of the emulator: goes to the journal and the log, never to the device. */
  readonly reason?: string;
  /** What a 401 asks a TPM, in place of the body that names an error. */
  readonly challenge?: TpmChallenge;
}

/** The only way to refuse a request. Anything else that is thrown is a bug and answered as `InternalError`. */
export class DpsError extends Error {
  readonly errorName: ErrorName;
  readonly errorCode: number;
  readonly status: number;
  readonly reason: string;
  readonly challenge: TpmChallenge | undefined;

  constructor(errorName: ErrorName, detail: ErrorDetail = {}) {
    super(detail.message ?? ERRORS[errorName].message);
    this.name = 'DpsError';
    this.errorName = errorName;
    this.errorCode = ERRORS[errorName].errorCode;
    this.status = httpStatusOf(this.errorCode);
    this.reason = detail.reason ?? this.message;
    this.challenge = detail.challenge;
  }
}
