/** `register`: who asks, what the policy allows, a new operation, and an allocation under way. */
import type { Enrollment } from '../../wire/enrollment.ts';
import { registrationSubject } from '../../wire/journal-subject.ts';
import type { RegistrationOperationStatus } from '../../wire/registration.ts';
import type { JsonValue } from '../../wire/twin.ts';
import type { Ports } from '../ports.ts';
import type { OperationRecord } from '../store/operations.ts';
import { evidenceOf } from '../store/proven.ts';
import { type RegistrationRecord, registrationAddress } from '../store/registrations.ts';
import type { Transaction } from '../store/store.ts';
import { offeredHubs, reprovisionPolicyOf } from './allocation/candidates.ts';
import type { Allocations } from './allocations.ts';
import type { AcceptedVerdict, AdmittedVerdict } from './attestation/attest.ts';
import { authenticate, type CheckedCall, findInstance } from './checks.ts';
import { readRegistrationBody } from './registration-body.ts';
import { statusAfter } from './registration-machine.ts';
import { renderOperation } from './render.ts';

export interface OperationAnswer {
  readonly status: 200 | 202;
  readonly body: RegistrationOperationStatus;
}

export async function register(
  checked: CheckedCall,
  body: string,
  ports: Ports,
  allocations: Allocations,
): Promise<OperationAnswer> {
  const { call, apiVersion } = checked;
  const { payload } = readRegistrationBody(checked, body, ports);
  const verdict = await authenticate(checked, ports);
  const { enrollment } = verdict;
  const subject = registrationSubject(call);
  ports.journal.record(subject, {
    kind: 'register-received',
    transport: call.transport,
    apiVersion,
    ...(payload !== undefined && { payload }),
  });
  ports.journal.record(subject, {
    kind: 'authenticated',
    ...enrollmentOf(enrollment),
    ...evidenceOf(verdict.kind === 'accepted' ? verdict.proven : undefined),
  });

  return ports.transaction(registrationAddress(call.idScope, call.registrationId), async (tx) => {
    // Read once more: it must still be there when the registration is stored.
    const instance = await findInstance(call, tx, ports);
    if (verdict.kind === 'barred' || enrollment.record.provisioningStatus === 'disabled') {
      return answerDisabled(checked, verdict, tx, ports, allocations);
    }
    return openAndAllocate({ ...checked, instance }, verdict, payload, tx, ports, allocations);
  });
}

/** The individual's id names the enrollment, or the group's. */
function enrollmentOf(enrollment: Enrollment): { enrollmentKind: 'individual' | 'group'; enrollmentId: string } {
  return enrollment.kind === 'group'
    ? { enrollmentKind: 'group', enrollmentId: enrollment.record.enrollmentGroupId }
    : { enrollmentKind: 'individual', enrollmentId: enrollment.record.registrationId };
}

/** A disabled enrollment ends the registration at once; the webhook is not asked. [dps-service-behaviour §1.6, §3.4] */
async function answerDisabled(
  checked: CheckedCall,
  verdict: AdmittedVerdict,
  tx: Transaction,
  ports: Ports,
  allocations: Allocations,
): Promise<OperationAnswer> {
  const opened = await openOperation(checked, verdict, tx, ports, allocations);
  const record: RegistrationRecord = { ...opened, status: statusAfter('assigning', 'disable') };
  await tx.registrations.put(record);
  await tx.operations.put({
    operationId: record.operationId,
    idScope: record.idScope,
    registrationId: record.registrationId,
    openedMs: record.updatedMs,
    concludedMs: record.updatedMs,
    outcome: record,
  });
  const { enrollmentKind, enrollmentId } = enrollmentOf(verdict.enrollment);
  const stays = await deviceThatStays(record, tx);
  tx.onCommitted(() =>
    ports.journal.record(registrationSubject(checked.call), {
      kind: 'concluded',
      operationId: record.operationId,
      status: 'disabled',
      reason: `the ${enrollmentKind === 'group' ? 'enrollment group' : 'individual enrollment'} "${enrollmentId}" is disabled${stays}`,
    }),
  );
  if (ports.settings.assumptions['disabled-answer'] === 'poll') return accepted(record.operationId);
  return { status: 200, body: renderOperation(record.operationId, record, { ...checked, ...ports.settings }) };
}

/** Disabling an enrollment takes nothing back at the hub. [dps-service-behaviour §3.4] */
async function deviceThatStays({ assignment }: RegistrationRecord, tx: Transaction): Promise<string> {
  if (assignment === undefined) return '';
  const { hub, deviceId } = assignment;
  const found = await tx.storedHubs.device(hub, deviceId);
  return found === undefined ? '' : `; its device "${deviceId}" at the hub ${hub} stays ${found.device.status}`;
}

async function openAndAllocate(
  checked: CheckedCall,
  verdict: AcceptedVerdict,
  payload: JsonValue | undefined,
  tx: Transaction,
  ports: Ports,
  allocations: Allocations,
): Promise<OperationAnswer> {
  const { call, instance, apiVersion } = checked;
  const { enrollment, proven } = verdict;
  const previous = await tx.registrations.get(call.idScope, call.registrationId);
  if (previous?.status === 'assigning' && ports.settings.assumptions['concurrent-register'] === 'join') {
    return accepted(previous.operationId);
  }
  const current = previous?.assignment;
  const policy = reprovisionPolicyOf(enrollment, apiVersion);
  const staysAt = policy.updateHubAssignment ? undefined : current;
  const offered = offeredHubs(instance, enrollment, staysAt);

  const record = await openOperation(checked, verdict, tx, ports, allocations);
  await tx.registrations.put(record);
  const operation: OperationRecord = {
    operationId: record.operationId,
    idScope: record.idScope,
    registrationId: record.registrationId,
    openedMs: record.updatedMs,
    work: { instance, enrollment, proven, policy, payload, current, staysAt, offered },
  };
  await tx.operations.put(operation);
  tx.onCommitted(() => {
    const { operationId } = operation;
    ports.journal.record(registrationSubject(call), { kind: 'operation-opened', operationId, linkedHubs: offered });
    allocations.start(operation);
  });
  return accepted(record.operationId);
}

/** A device that registers without end must not grow the store without end; the oldest ids of it are forgotten. */
const OPERATIONS_MAX = 32;

/** Ends an older ladder of this registration and makes the record of the new operation; it is not stored yet. */
async function openOperation(
  { call }: CheckedCall,
  verdict: AdmittedVerdict,
  tx: Transaction,
  ports: Ports,
  allocations: Allocations,
): Promise<RegistrationRecord> {
  const { enrollment } = verdict;
  const nowMs = ports.clock.now();
  const previous = await tx.registrations.get(call.idScope, call.registrationId);
  const counts = previous ?? (await tx.registrations.countsOfDeleted(call.idScope, call.registrationId));
  const operationCount = (counts?.operationCount ?? 0) + 1;
  const version = (counts?.version ?? 0) + 1;
  const registrationId = previous?.registrationId ?? call.registrationId;
  const operationId = ports.ids.operationId(call.idScope, registrationId, operationCount);
  await allocations.supersede(previous, operationId, tx);
  const operationIds = [...(previous?.operationIds ?? []), operationId];
  for (const oldest of operationIds.splice(0, operationIds.length - OPERATIONS_MAX)) {
    await tx.operations.delete(call.idScope, registrationId, oldest);
  }
  const subject = registrationAddress(call.idScope, registrationId);
  return {
    idScope: call.idScope,
    registrationId,
    ...(enrollment.kind === 'group' && { enrollmentGroupId: enrollment.record.enrollmentGroupId }),
    ...(verdict.kind === 'accepted' && { attestation: verdict.proven.kind }),
    status: statusAfter(previous?.status ?? 'unassigned', 'register'),
    ...(previous?.assignment && { assignment: previous.assignment }),
    createdMs: previous?.createdMs ?? nowMs,
    updatedMs: nowMs,
    etag: ports.ids.etag('registration', subject, version, nowMs),
    version,
    operationId,
    operationCount,
    operationIds,
  };
}

/** The first answer has exactly these two members. [dps-device-protocol §1.5] */
function accepted(operationId: string): OperationAnswer {
  return { status: 202, body: { operationId, status: 'assigning' } };
}
