/** The DPS itself: one entry for every request of a device, the same for every transport; it never throws. */

import { registrationSubject } from '../../wire/journal-subject.ts';
import { utcTimestamp } from '../../wire/timestamp.ts';
import { createShell } from '../answering.ts';
import { DpsError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Transaction } from '../store/store.ts';
import { type Allocations, createAllocations } from './allocations.ts';
import type { AdmittedVerdict } from './attestation/attest.ts';
import { authenticate, checkCall } from './checks.ts';
import type { DeviceCall, Reply, ReplyBody } from './device-call.ts';
import { type AdmitDeletion, forgetRegistration } from './forget-registration.ts';
import { registrationLookup } from './lookup.ts';
import { noteOddities } from './odd-requests.ts';
import { operationStatus } from './poll.ts';
import { register } from './register.ts';

export interface DpsService {
  /** Answers a device's request; refusals and bugs of ours come back as replies too. */
  call(call: DeviceCall): Promise<Reply>;
  /** The refusal that a call would meet before its operation begins, for a transport that has to decide earlier. */
  admits(call: DeviceCall): Promise<DpsError | undefined>;
  /** Whether the call's credential is that of its scope and id, now: a disabled individual enrollment proves nobody. */
  proves(call: Omit<DeviceCall, 'request'>): Promise<boolean>;
  /** Renders a refusal that a transport has to make before there is a call (an unknown address, say). */
  refuse(error: DpsError): Reply;
  /** Deletes a registration record, unless `admit` throws; the device at its hub stays. */
  forget(
    registration: { readonly idScope: string; readonly registrationId: string },
    tx: Transaction,
    admit?: AdmitDeletion,
  ): Promise<void>;
  /** Takes up every operation that is assigning, as another engine left it in the store. */
  resume(): Promise<void>;
  /** Ends the allocations whose operations are not there any more. */
  endForgotten(): Promise<void>;
  /** Ends every allocation under way. */
  stop(): Promise<void>;
}

export function createDpsService(ports: Ports): DpsService {
  const allocations = createAllocations(ports);
  const { answer, refusalOf, refuse } = createShell({
    ...ports,
    requests: 'request',
    isRefusal: (thrown) => thrown instanceof DpsError,
    internalError: (thrown) =>
      new DpsError('InternalError', { reason: thrown instanceof Error ? thrown.message : String(thrown) }),
    render: (error: DpsError, requestId) => refusal(error, requestId, ports.clock.now()),
  });

  return {
    call: async (call) => {
      const subject = registrationSubject(call);
      const { transport, request } = call;
      const { operation } = request;
      const given = await answer(
        placeOf(call),
        (requestId) => dispatch(call, requestId, ports, allocations),
        (error, { errorCode }) =>
          ports.journal.record(subject, {
            kind: 'refused',
            operation,
            transport,
            ...(errorCode !== undefined && { errorCode }),
            ...splitReason(error),
          }),
      );
      ports.journal.record(subject, {
        kind: 'replied',
        operation,
        transport,
        status: given.status,
        ...(given.retryAfterSeconds !== undefined && { retryAfterSeconds: given.retryAfterSeconds }),
        body: given.text,
      });
      return given;
    },
    admits: (call) => refusalOf(placeOf(call), async () => authenticate(await checkCall(call, ports), ports)),
    proves: async (call) => {
      let verdict: AdmittedVerdict | undefined;
      await refusalOf(`CONNECT of ${call.registrationId}`, async () => {
        verdict = await authenticate({ call }, ports);
      });
      return verdict?.kind === 'accepted';
    },
    refuse,
    forget: (registration, tx, admit = () => undefined) => forgetRegistration(registration, admit, tx, allocations),
    resume: () => allocations.resume(),
    endForgotten: () => allocations.endForgotten(),
    stop: () => allocations.stop(),
  };
}

async function dispatch(call: DeviceCall, requestId: string, ports: Ports, allocations: Allocations): Promise<Reply> {
  const checked = await checkCall(call, ports);
  const { request } = call;
  noteOddities(checked, ports);
  switch (request.operation) {
    case 'lookup':
      return reply(200, await registrationLookup(checked, request.body, ports), requestId);
    case 'register': {
      const { status, body } = await register(checked, request.body, ports, allocations);
      return withRetryAfter(reply(status, body, requestId), ports);
    }
    case 'poll': {
      const { status, body } = await operationStatus(checked, request.operationId, ports);
      return withRetryAfter(reply(status, body, requestId), ports);
    }
  }
}

function reply(status: number, body: ReplyBody, requestId: string): Reply {
  return { status, body, text: JSON.stringify(body), requestId };
}

function refusal(error: DpsError, requestId: string, nowMs: number): Reply {
  if (error.challenge !== undefined) return reply(error.status, error.challenge, requestId);
  const body = {
    errorCode: error.errorCode,
    // As the reports of this one have it. [found/2026-11 A15]
    trackingId: error.errorName === 'DeserializationFailed' ? '' : requestId,
    message: error.message,
    timestampUtc: utcTimestamp(nowMs),
  };
  return { ...reply(error.status, body, requestId), errorCode: error.errorCode };
}

function withRetryAfter(answer: Reply, ports: Ports): Reply {
  return answer.status === 202 ? { ...answer, retryAfterSeconds: ports.settings.retryAfterSeconds } : answer;
}

function placeOf({ request, registrationId }: DeviceCall): string {
  return `${request.operation} of ${registrationId}`;
}

/** `wrong-key: the token …` → its name and its sentence; other refusals are named by the error. */
function splitReason(error: DpsError): { readonly reason: string; readonly detail: string } {
  const match = /^([a-z0-9-]+): (.*)$/s.exec(error.reason);
  return match?.[1] && match[2]
    ? { reason: match[1], detail: match[2] }
    : { reason: error.errorName, detail: error.reason };
}
