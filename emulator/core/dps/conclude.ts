/** Ends an operation: the device at its hub, the registration's new state, and the outcome under the operation id. */

import { hubErrorText } from '../../wire/hub-error.ts';
import type { JournalEvent } from '../../wire/journal-entry.ts';
import { registrationSubject } from '../../wire/journal-subject.ts';
import type { Substatus } from '../../wire/registration.ts';
import { isoInstant } from '../../wire/timestamp.ts';
import type { InitialTwin } from '../../wire/twin.ts';
import { nullMemberText } from '../../wire/twin-limits.ts';
import type { HubRefusal, Ports, ProvisionRequest, ProvisionResult } from '../ports.ts';
import type { DpsInstance, LinkedHub } from '../store/instances.ts';
import { type Outcome, type RegistrationRecord, registrationAddress } from '../store/registrations.ts';
import type { Transaction } from '../store/store.ts';
import type { AllocationContext } from './allocation/allocate.ts';
import { type AllocationResult, allocationFailed } from './allocation/allocation-result.ts';
import { deleteRegistration } from './forget-registration.ts';
import { statusAfter } from './registration-machine.ts';

type Allocated = Extract<AllocationResult, { kind: 'allocated' }>;
type Failure = Extract<AllocationResult, { kind: 'failed' }>;
type Refused = Extract<ProvisionResult, { kind: 'refused' }>;

export interface AllocationJob extends AllocationContext {
  readonly idScope: string;
  readonly operationId: string;
}

/**
 * In a transaction of the registration; does nothing when a newer register has taken the operation's place.
 * @returns why the hub refused the service: nothing is written then, and the operation goes on
 */
export async function conclude(
  job: AllocationJob,
  result: AllocationResult,
  tx: Transaction,
  ports: Ports,
): Promise<HubRefusal | undefined> {
  const { idScope, registrationId, operationId } = job;
  const latest = await tx.registrations.get(idScope, registrationId);
  if (latest?.operationId !== operationId || latest.status !== 'assigning') return undefined;
  const instance = await tx.instances.byScope(idScope);
  if (instance === undefined) {
    // It came in while its service was being deleted.
    await deleteRegistration(latest, tx);
    return undefined;
  }
  const outcome = result.kind === 'allocated' ? await provision(job, result, instance, tx, ports) : result;
  if (outcome.kind === 'refused') return outcome;
  const nowMs = ports.clock.now();
  const version = latest.version + 1;
  const etag = ports.ids.etag('registration', registrationAddress(idScope, registrationId), version, nowMs);
  const written = { ...latest, updatedMs: nowMs, version, etag };
  const concluded = outcome.kind === 'failed' ? failed(written, outcome, ports) : assigned(written, outcome);
  const operation = await tx.operations.get(idScope, registrationId, operationId);
  await tx.registrations.put(concluded);
  await tx.operations.put({
    openedMs: operation?.openedMs ?? nowMs,
    operationId,
    idScope,
    registrationId,
    concludedMs: nowMs,
    outcome: concluded,
  });
  tx.onCommitted(() =>
    ports.journal.record(registrationSubject(concluded), conclusion(operationId, concluded, outcome)),
  );
  return undefined;
}

function conclusion(operationId: string, { status }: Outcome, outcome: Provisioned | Failure): JournalEvent {
  if (outcome.kind === 'failed') {
    const { errorCode, errorMessage, reason } = outcome;
    return { kind: 'concluded', operationId, status, errorCode, errorMessage, reason };
  }
  const { hub, deviceId, substatus, twin, payload } = outcome;
  return {
    kind: 'concluded',
    operationId,
    status,
    hub,
    deviceId,
    substatus,
    ...(twin && { twin }),
    ...(payload && { payload }),
  };
}

type Provisioned = Allocated & {
  readonly deviceId: string;
  readonly substatus: Substatus;
  readonly twin: InitialTwin | undefined;
};

async function provision(
  job: AllocationJob,
  allocated: Allocated,
  instance: DpsInstance,
  tx: Transaction,
  ports: Ports,
): Promise<Provisioned | Failure | Refused> {
  const { enrollment, registrationId, current } = job;
  const named = enrollment.kind === 'individual' ? enrollment.record.deviceId : undefined;
  // A changed deviceId takes effect only once the registration record is deleted. [dps-service-behaviour §5.3]
  const deviceId = current?.deviceId ?? named ?? registrationId;
  const move = moveOf(job, allocated, ports);
  const twin = allocated.initialTwin ?? enrollment.record.initialTwin;
  const request: ProvisionRequest = {
    hub: allocated.hub,
    link: linkTo(allocated.hub, instance) ?? linkTo(allocated.hub, job.instance),
    deviceId,
    proven: job.proven,
    iotEdge: enrollment.record.capabilities?.iotEdge ?? false,
    data: move.data,
    twin,
    ...(ports.settings.assumptions['twin-null'] === 'keep' && { nulls: 'keep' }),
    previous: current,
    previousLink: current && linkTo(current.hub, instance),
  };
  const done = await ports.hubs.provision(request, tx);
  const provisioned = (isTwinInitial: boolean, initial: InitialTwin | undefined): Provisioned => ({
    ...allocated,
    deviceId,
    substatus: move.substatus,
    twin: isTwinInitial ? initial : undefined,
  });
  if (done.kind === 'provisioned') return provisioned(done.isTwinInitial, twin);
  if (done.kind === 'refused') return { ...done, reason: `${done.reason}; ${linkAgain(instance.name, done.hub)}` };
  if (done.kind === 'no-such-hub') {
    return failure('IotHubNotFound', `the hub "${allocated.hub}" does not exist in this emulator`);
  }
  if (done.kind === 'twin-null') {
    const whose = allocated.initialTwin === undefined ? "the enrollment's" : "the webhook's";
    const reason = `"${done.member}" in ${whose} initialTwin is null, and a hub takes no null in a new twin: leave the member out (--assume twin-null=keep stores it)`;
    return failure('RequestInvalid', reason, hubRefusal(nullMemberText(done.member), job, ports));
  }
  const reason = `the hub refuses the initial twin: ${done.faults.join('; ')}`;
  if (ports.settings.assumptions['webhook-twin-refused'] !== 'ignore') {
    return failure('CustomAllocationFailed', reason, 'Custom allocation failed: the hub refused the initial twin.');
  }
  // Ignored is as if it were absent: then the enrollment's own twin counts. [dps-service-behaviour §1.5]
  const fallback = allocated.initialTwin === undefined ? undefined : enrollment.record.initialTwin;
  await ports.hubs.provision({ ...request, twin: fallback }, tx);
  return provisioned(true, fallback);
}

function linkAgain(dps: string, hub: string): string {
  const az = 'dps-emulator az iot dps linked-hub';
  return `link the hub again: ${az} delete --dps-name ${dps} --linked-hub ${hub}, then ${az} create --dps-name ${dps} --hub-name ${hub}`;
}

/** As it is now: a hub that was linked again since the register is written to with its new key. */
function linkTo(hub: string, { linkedHubs }: DpsInstance): LinkedHub | undefined {
  return linkedHubs.find(({ name }) => name.toLowerCase() === hub.toLowerCase());
}

/** What the hub told the service, as the device reads it: the hub's own JSON. [dps-service-behaviour §2] */
function hubRefusal(message: string, { operationId }: AllocationJob, { ids, clock }: Ports): string {
  const trackingId = ids.guid('hub-refusal', operationId, 0);
  return hubErrorText({ code: 'ArgumentInvalid', message, trackingId, at: isoInstant(clock.now()) });
}

/** Where the twin comes from, and what the device is told about it. [dps-service-behaviour §1.5, §5.4] */
function moveOf(
  { current, policy }: AllocationJob,
  { hub }: Allocated,
  ports: Ports,
): { readonly data: ProvisionRequest['data']; readonly substatus: Substatus } {
  if (current === undefined) return { data: 'initial', substatus: 'initialAssignment' };
  if (current.hub.toLowerCase() === hub.toLowerCase()) {
    const resets =
      ports.settings.assumptions['same-hub-reset'] === 'reset' &&
      policy.updateHubAssignment &&
      !policy.migrateDeviceData;
    if (resets) return { data: 'initial', substatus: 'deviceDataReset' };
    return { data: 'keep', substatus: 'reprovisionedToInitialAssignment' };
  }
  if (policy.migrateDeviceData) return { data: 'migrate', substatus: 'deviceDataMigrated' };
  return { data: 'initial', substatus: 'deviceDataReset' };
}

/** One that is assigning has nothing of an earlier end but its assignment. */
function assigned(latest: RegistrationRecord, outcome: Provisioned): RegistrationRecord {
  return {
    ...latest,
    status: statusAfter(latest.status, 'assign'),
    substatus: outcome.substatus,
    assignment: { hub: outcome.hub, deviceId: outcome.deviceId },
    ...(outcome.payload && { payload: outcome.payload }),
  };
}

function failed(latest: RegistrationRecord, outcome: Failure, ports: Ports): RegistrationRecord {
  const { assignment, ...rest } = latest;
  const isKept = assignment !== undefined && ports.settings.assumptions['failed-keeps-assignment'] === 'keep';
  return {
    ...rest,
    status: statusAfter(latest.status, 'fail'),
    errorCode: outcome.errorCode,
    errorMessage: outcome.errorMessage,
    ...(isKept && { assignment }),
  };
}

function failure(...args: Parameters<typeof allocationFailed>): Failure {
  const result = allocationFailed(...args);
  if (result.kind !== 'failed') throw new Error('allocationFailed did not fail');
  return result;
}
