/** The enrollment data plane: one entry for every request of a back end; it never throws. [dps-service-behaviour §4] */
import { utcTimestamp } from '../../wire/timestamp.ts';
import { createShell, replyOf } from '../answering.ts';
import { checkApiVersion } from '../dps/checks.ts';
import { DpsError } from '../errors.ts';
import { checkAccess } from './access-policies.ts';
import {
  createOrUpdateEnrollment,
  deleteEnrollment,
  getAttestationMechanism,
  getEnrollment,
  queryEnrollments,
} from './operations/enrollments.ts';
import {
  deleteRegistrationState,
  getRegistrationState,
  queryRegistrationStates,
} from './operations/registration-states.ts';
import { runBulkOperation } from './operations/run-bulk-operation.ts';
import { hubMistake, selectInstance } from './select-instance.ts';
import type { ServiceAnswer, ServiceCall, ServiceReply } from './service-call.ts';
import type { CheckedServiceCall, ServiceApiPorts } from './service-ports.ts';

export interface ServiceApi {
  /** Answers a back end's request; refusals and bugs of ours come back as replies too. */
  call(call: ServiceCall): Promise<ServiceReply>;
  /** Renders a refusal that a transport has to make before there is a call. */
  refuse(error: DpsError): ServiceReply;
}

export function createServiceApi(ports: ServiceApiPorts): ServiceApi {
  const render = (error: DpsError, requestId: string): ServiceReply => {
    const body = {
      errorCode: error.errorCode,
      trackingId: requestId,
      message: error.message,
      // The service says no more than "Unauthorized"; why, is of help to whoever runs an emulator.
      ...(error.reason !== error.message && { info: { reason: error.reason } }),
      timestampUtc: utcTimestamp(ports.clock.now()),
    };
    return { status: error.status, text: JSON.stringify(body), errorCode: error.errorCode, requestId };
  };
  const { answer, refuse } = createShell({
    ...ports,
    requests: 'service-request',
    isRefusal: (thrown) => thrown instanceof DpsError,
    internalError: () => new DpsError('InternalError'),
    render,
  });

  return {
    call: (call) =>
      answer(`${call.request.operation} of the service API`, async (requestId) => {
        const mistaken = await hubMistake(call, requestId, ports);
        return mistaken ?? replyOf(await dispatch(await check(call, ports), call.request, ports), requestId);
      }),
    refuse,
  };
}

/** The order of checks: instance, api-version, access; then what the operation itself asks. */
async function check(call: ServiceCall, ports: ServiceApiPorts): Promise<CheckedServiceCall> {
  const instance = await selectInstance(call, ports);
  const apiVersion = checkApiVersion(call.apiVersion, 'service', ports.settings.assumptions);
  checkAccess(call, instance, ports.credentialNow());
  return { instance, apiVersion };
}

async function dispatch(
  checked: CheckedServiceCall,
  request: ServiceCall['request'],
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  switch (request.operation) {
    case 'getEnrollment':
      return getEnrollment(checked, request, ports);
    case 'createOrUpdateEnrollment':
      return createOrUpdateEnrollment(checked, request, ports);
    case 'deleteEnrollment':
      return deleteEnrollment(checked, request, ports);
    case 'queryEnrollments':
      return queryEnrollments(checked, request, ports);
    case 'runBulkOperation':
      return runBulkOperation(checked, request, ports);
    case 'getAttestationMechanism':
      return getAttestationMechanism(checked, request, ports);
    case 'getRegistrationState':
      return getRegistrationState(checked, request, ports);
    case 'deleteRegistrationState':
      return deleteRegistrationState(checked, request, ports);
    case 'queryRegistrationStates':
      return queryRegistrationStates(checked, request, ports);
  }
}
