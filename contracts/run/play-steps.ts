/** Plays the steps of a case, one after the other. */

import type { JsonObject } from '../../emulator/wire/twin.ts';
import type { CaseGroup, CaseIndividual, EnrollmentStep, Expect, RegisterStep, Step } from '../case/case.ts';
import { mergeJson } from '../case/extend.ts';
import type { DeviceChange } from '../case-devices/case-device.ts';
import { complete } from '../target/set-up-of.ts';
import type { World, WorldDevice } from './world.ts';

export interface PlayOptions {
  readonly world: World;
  readonly signal: AbortSignal;
  /** Tells of a step before it is taken. */
  readonly onStep: (text: string) => Promise<void>;
  readonly onExpect: (expect: Expect, path: string) => Promise<void>;
}

export async function playSteps(steps: readonly Step[], options: PlayOptions): Promise<void> {
  for (const [index, step] of steps.entries()) {
    options.signal.throwIfAborted();
    const { expect, ...verb } = step;
    if (expect === undefined) await options.onStep(textOf(verb));
    await playStep(step, `steps[${index}]`, options);
  }
}

function textOf(step: Omit<Step, 'expect'>): string {
  const [verb = '', value] = Object.entries(step)[0] ?? [];
  return `${verb} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

async function playStep(step: Step, path: string, { world, onExpect, signal }: PlayOptions): Promise<void> {
  const { at, webhook } = world;
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
  if (step.advance !== undefined) await at.clock.advance(Math.round(step.advance * 1000));
  if (step.answer !== undefined) webhook.answer(step.answer);
  if (step['change-enrollment'] !== undefined) await changeEnrollment(step['change-enrollment'], world);
  if (step.expect !== undefined) await onExpect(step.expect, `${path}.expect`);
  const calls = step['wait-for-webhook-calls'];
  if (calls === undefined) return;
  await (webhook.untilCalled?.(calls) ?? at.journal.untilWebhookCalls(calls, signal));
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

async function changeEnrollment(step: EnrollmentStep, { at, webhook }: World): Promise<void> {
  const instance = (await at.setUp()).dps?.find((one) => one.idScope === at.idScope);
  const { enrollments = [], enrollmentGroups = [] } = instance ?? {};
  const changed = (current: object): JsonObject => mergeJson(withoutStamps(current), step.set) as JsonObject;
  if ('enrollment' in step) {
    const { enrollment: registrationId } = step;
    const isMeant = (one: { readonly registrationId: string }): boolean =>
      one.registrationId.toLowerCase() === registrationId.toLowerCase();
    const record = changed(enrollments.find(isMeant) ?? { registrationId });
    return at.changeEnrollments({ enrollments: [complete(record as unknown as CaseIndividual, webhook.url)] });
  }
  const { enrollmentGroup: enrollmentGroupId } = step;
  const known = enrollmentGroups.find((one) => one.enrollmentGroupId === enrollmentGroupId);
  const record = changed(known ?? { enrollmentGroupId });
  return at.changeEnrollments({ enrollmentGroups: [complete(record as unknown as CaseGroup, webhook.url)] });
}

function withoutStamps(record: object): JsonObject {
  const kept = Object.entries(record as JsonObject).filter(([name]) => !WRITTEN_BY_SERVICE.includes(name));
  return Object.fromEntries(kept);
}
