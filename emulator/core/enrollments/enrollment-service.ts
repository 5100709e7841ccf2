/** The enrollment data plane: one entry for every request of a back end; it never throws. [dps-service-behaviour §4] */
import { deviceTimestamp } from '../../wire/timestamp.ts';
import { checkApiVersion } from '../dps/checks.ts';
import { DpsError } from '../errors.ts';
import { checkAccess } from './access-policies.ts';
import type { CheckedServiceCall } from './checked-call.ts';
import { hubMistake } from './hub-mistake.ts';
import { createOrUpdateEnrollment } from './operations/create-or-update-enrollment.ts';
import { deleteEnrollment } from './operations/delete-enrollment.ts';
import { deleteRegistrationState } from './operations/delete-registration-state.ts';
import { getAttestationMechanism } from './operations/get-attestation-mechanism.ts';
import { getEnrollment } from './operations/get-enrollment.ts';
import { getRegistrationState } from './operations/get-registration-state.ts';
import { queryEnrollments } from './operations/query-enrollments.ts';
import { queryRegistrationStates } from './operations/query-registration-states.ts';
import { runBulkOperation } from './operations/run-bulk-operation.ts';
import { selectInstance } from './select-instance.ts';
import type { ServiceAnswer, ServiceCall, ServiceReply } from './service-call.ts';
import type { ServiceApiPorts } from './service-ports.ts';

export interface ServiceApi {
  /** Answers a back end's request; refusals and bugs of ours come back as replies too. */
  call(call: ServiceCall): Promise<ServiceReply>;
  /** Renders a refusal that a transport has to make before there is a call. */
  refuse(error: DpsError): ServiceReply;
}

export function createServiceApi(ports: ServiceApiPorts): ServiceApi {
  let requestCount = 0;
  const nextRequestId = (): string => {
    requestCount += 1;
    return ports.ids.guid('service-request', '', requestCount);
  };
  const refuse = (error: DpsError, requestId: string): ServiceReply => {
    const body = {
      errorCode: error.errorCode,
      trackingId: requestId,
      message: error.message,
      // The service says no more than "Unauthorized"; why, is of help to whoever runs an emulator.
      ...(error.reason !== error.message && { info: { reason: error.reason } }),
      timestampUtc: deviceTimestamp(ports.clock.now()),
    };
    return { status: error.status, text: JSON.stringify(body), errorCode: error.errorCode, requestId };
  };

  return {
    call: async (call) => {
      const requestId = nextRequestId();
      try {
        const mistaken = await hubMistake(call, requestId, ports);
        if (mistaken !== undefined) return mistaken;
        return replyOf(await dispatch(await check(call, ports), call.request, ports), requestId);
      } catch (thrown) {
        if (thrown instanceof DpsError) return refuse(thrown, requestId);
        ports.reportBug(thrown, `${call.request.operation} of the service API`);
        return refuse(new DpsError('InternalError'), requestId);
      }
    },
    refuse: (error) => refuse(error, nextRequestId()),
  };
}

/** The order of checks: instance, api-version, access; then what the operation itself asks. */
async function check(call: ServiceCall, ports: ServiceApiPorts): Promise<CheckedServiceCall> {
  const instance = await selectInstance(call, ports);
  const apiVersion = checkApiVersion(call.apiVersion, ports.settings.assumptions);
  checkAccess(call, instance, ports.credentialNow());
  return { instance, apiVersion };
}

function replyOf(answer: ServiceAnswer, requestId: string): ServiceReply {
  if (answer.kind === 'no-content') return { status: 204, text: '', requestId };
  const { body, paging } = answer;
  return { status: 200, text: JSON.stringify(body), ...(paging && { paging }), requestId };
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
