/** Which right each operation asks for, and whether the caller's policy has it. [dps-service-behaviour §4.4] */
import { type DpsRight, serviceHostOf } from '../../wire/access-policy.ts';
import { authorize } from '../access/authorize.ts';
import { acceptedHosts } from '../access/hosts.ts';
import { DpsError } from '../errors.ts';
import type { DpsInstance } from '../store/instances.ts';
import type { ServiceCall, ServiceOperation } from './service-call.ts';

/** Reading keys asks for the right to write: Azure's read-only role may not do it either. */
const RIGHTS: Readonly<Record<ServiceOperation, DpsRight>> = {
  getEnrollment: 'EnrollmentRead',
  queryEnrollments: 'EnrollmentRead',
  createOrUpdateEnrollment: 'EnrollmentWrite',
  deleteEnrollment: 'EnrollmentWrite',
  runBulkOperation: 'EnrollmentWrite',
  getAttestationMechanism: 'EnrollmentWrite',
  getRegistrationState: 'RegistrationStatusRead',
  queryRegistrationStates: 'RegistrationStatusRead',
  deleteRegistrationState: 'RegistrationStatusWrite',
};

export function checkAccess(call: ServiceCall, instance: DpsInstance, nowMs: number): void {
  const verdict = authorize({
    authorization: call.authorization,
    policies: instance.policies,
    right: RIGHTS[call.request.operation],
    hosts: acceptedHosts(call.host, serviceHostOf(instance.name)),
    path: call.path,
    nowMs,
  });
  if (verdict.kind === 'granted') return;
  const isUnreadable = verdict.reason === 'no-credential' || verdict.reason === 'malformed-token';
  const reason = `${verdict.reason}: ${verdict.detail}`;
  throw new DpsError(isUnreadable ? 'CredentialUnreadable' : 'Unauthorized', { reason });
}
