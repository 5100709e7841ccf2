/** Plays the steps of a case, one after the other. */

import type { Emulator } from '../../emulator/service-door.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment } from '../../emulator/wire/set-up.ts';
import type { JsonObject } from '../../emulator/wire/twin.ts';
import type { CaseGroup, CaseIndividual, EnrollmentStep, Expect, RegisterStep, Step } from '../case/case.ts';
import { mergeJson } from '../case/extend.ts';
import type { DeviceChange } from '../case-devices/case-device.ts';
import { completeGroup, completeIndividual } from './set-up-of.ts';
import type { World, WorldDevice } from './world.ts';

export interface PlayOptions {
  readonly world: World;
  readonly signal: AbortSignal;
  /** Tells of a step before it is taken. */
  readonly onStep: (text: string) => void;
  readonly onExpect: (expect: Expect, path: string) => Promise<void>;
}

export async function playSteps(steps: readonly Step[], options: PlayOptions): Promise<void> {
  for (const [index, step] of steps.entries()) {
    options.signal.throwIfAborted();
    const { expect, ...verb } = step;
    if (expect === undefined) options.onStep(textOf(verb));
    await playStep(step, `steps[${index}]`, options);
  }
}

function textOf(step: Omit<Step, 'expect'>): string {
  const [verb = '', value] = Object.entries(step)[0] ?? [];
  return `${verb} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

async function playStep(step: Step, path: string, { world, onExpect, signal }: PlayOptions): Promise<void> {
  const { emulator, webhook } = world;
  if (step.connect !== undefined) await deviceOf(world, step.connect).device.connect();
  if (step.register !== undefined) await register(step.register, 'kept', world);
  if (step['re-register'] !== undefined) await register(step['re-register'], 'new', world);
  if (step['send-register'] !== undefined) {
    const { name, change } = readRegister(step['send-register']);
    await deviceOf(world, name).device.sendRegister(change);
  }
  if (step.poll !== undefined) await deviceOf(world, step.poll).device.poll();
  if (step.drop !== undefined) await deviceOf(world, step.drop).device.drop();
  if (step.reconnect !== undefined) await deviceOf(world, step.reconnect).device.reconnect();
  if (step.advance !== undefined) await emulator.clock.advance(Math.round(step.advance * 1000));
  if (step.answer !== undefined) webhook.answer(step.answer);
  if (step['change-enrollment'] !== undefined) await changeEnrollment(step['change-enrollment'], world);
  if (step.expect !== undefined) await onExpect(step.expect, `${path}.expect`);
  const calls = step['wait-for-webhook-calls'];
  if (calls === undefined) return;
  await (webhook.untilCalled?.(calls) ?? untilJournaled(calls, emulator, signal));
}

function deviceOf({ devices }: World, name: string): WorldDevice {
  const found = devices.get(name);
  if (found === undefined) throw new Error(`there is no device "${name}"`);
  return found;
}

function readRegister(step: string | RegisterStep): { readonly name: string; readonly change: DeviceChange } {
  if (typeof step === 'string') return { name: step, change: {} };
  const { device, ...change } = step;
  return { name: device, change };
}

function register(step: string | RegisterStep, connection: 'kept' | 'new', world: World): Promise<void> {
  const { name, change } = readRegister(step);
  return deviceOf(world, name).device.register(change, connection);
}

/** Members that the service writes itself at every change. */
const WRITTEN_BY_SERVICE = ['etag', 'createdDateTimeUtc', 'lastUpdatedDateTimeUtc'];

async function changeEnrollment(step: EnrollmentStep, { emulator, webhook, idScope }: World): Promise<void> {
  const instance = (await emulator.exportSetUp()).dps?.find((one) => one.idScope === idScope);
  if (instance === undefined) throw new Error(`the target has no instance with the ID scope ${idScope}`);
  const { enrollments = [], enrollmentGroups = [], ...rest } = instance;
  const changed =
    'enrollment' in step
      ? { enrollments: [changeIndividual(step.enrollment, enrollments, step.set, webhook.url)] }
      : { enrollmentGroups: [changeGroup(step.enrollmentGroup, enrollmentGroups, step.set, webhook.url)] };
  await emulator.seed({ dps: [{ ...rest, ...changed }] }, 'change-enrollment');
}

function changeIndividual(
  registrationId: string,
  records: readonly GivenIndividualEnrollment[],
  set: JsonObject,
  webhookUrl: string | undefined,
): GivenIndividualEnrollment {
  const current = records.find((one) => one.registrationId.toLowerCase() === registrationId.toLowerCase());
  const record = mergeJson(withoutStamps(current ?? { registrationId }), set) as JsonObject;
  return completeIndividual(record as unknown as CaseIndividual, webhookUrl);
}

function changeGroup(
  enrollmentGroupId: string,
  records: readonly GivenEnrollmentGroup[],
  set: JsonObject,
  webhookUrl: string | undefined,
): GivenEnrollmentGroup {
  const current = records.find((one) => one.enrollmentGroupId === enrollmentGroupId);
  const record = mergeJson(withoutStamps(current ?? { enrollmentGroupId }), set) as JsonObject;
  return completeGroup(record as unknown as CaseGroup, webhookUrl);
}

function withoutStamps(record: object): JsonObject {
  const kept = Object.entries(record as JsonObject).filter(([name]) => !WRITTEN_BY_SERVICE.includes(name));
  return Object.fromEntries(kept);
}

function untilJournaled(count: number, { journal }: Emulator, signal: AbortSignal): Promise<void> {
  let seen = journal
    .timelines()
    .reduce((sum, { entries }) => sum + entries.filter(({ event }) => event.kind === 'webhook-attempt').length, 0);
  if (seen >= count) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = journal.subscribe((_subject, { event }) => {
      if (event.kind !== 'webhook-attempt') return;
      seen += 1;
      if (seen < count) return;
      stop();
      resolve();
    });
    signal.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    });
  });
}
