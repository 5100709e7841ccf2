/** An emulator without sockets, in one line: the engine, and devices that call it directly. */
import { onTestFinished } from 'vitest';
import { type GivenOptions, resolveOptions } from '../../emulator/config.ts';

import type { ControllableClock } from '../../emulator/core/clock/clock.ts';
import type { Credential } from '../../emulator/core/dps/attestation/credential.ts';
import type { DeviceCall, Reply } from '../../emulator/core/dps/device-call.ts';
import type { DpsService } from '../../emulator/core/dps/dps-service.ts';
import type { Hubs } from '../../emulator/core/hub/hub-devices.ts';
import type { Journal } from '../../emulator/core/journal/journal.ts';
import type { Ports } from '../../emulator/core/ports.ts';
import { applySetUp } from '../../emulator/core/set-up/apply-set-up.ts';
import { checkSetUp } from '../../emulator/core/set-up/check-set-up.ts';
import { SET_UP_TURN } from '../../emulator/core/store/store.ts';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type EngineParts,
  type ReplaceIn,
} from '../../emulator/engine.ts';
import { realTime } from '../../emulator/real-time.ts';
import { makeDeviceSas, type SasOptions } from '../../emulator/wire/device-sas.ts';
import type { JournalEvent } from '../../emulator/wire/journal-entry.ts';
import type { RegistrationOperationStatus } from '../../emulator/wire/registration.ts';
import type { GivenEnrollmentGroup, SetUp, SetUpInstance } from '../../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { type Script, type StandIn, startStandIn } from '../../webhook/stand-in/index.ts';

export const SCOPE = '0ne00000001';
export const HUB_A = 'hub-a.azure-devices.net';
export const HUB_B = 'hub-b.azure-devices.net';
export const GROUP = 'group-1';
export const GROUP_KEY = 'oiK77Oy7rBw8YB6IS6ukRChAw+Yq6GC61RMrPLSTiOOtdI+XDu0LmLuNm11p+qv2I+adqGUdZHm46zXAQdZoOA==';
export const START_MS = Date.UTC(2026, 0, 1);

/** Every option of an emulator; the clock is `manual`, the seed "seed" and the answer to poll in 3 s unless told otherwise. */
export interface HarnessOptions extends GivenOptions, Partial<Pick<EngineOptions, 'records' | 'webhookTrust'>> {
  /** Checked as the emulator does. Default: none, an empty emulator. */
  readonly setUp?: SetUp;
  /** Replaces single ports. */
  readonly ports?: ((ports: Ports) => Partial<Ports>) | undefined;
  /** Replaces the call of the webhook: no socket at all then. */
  readonly postJson?: EngineParts['ladder']['postJson'] | undefined;
  /** Sabotage: what is assigning is not taken up. */
  readonly neverResumes?: boolean | undefined;
}

export interface Harness {
  readonly engine: Engine;
  readonly dps: DpsService;
  readonly ports: Ports;
  readonly clock: ControllableClock;
  readonly journal: Journal;
  readonly hubs: Hubs;
  /** What was reported as a bug of ours; a test that expects none checks it. */
  readonly bugs: readonly unknown[];
  /** Adds to the set-up, checked by itself only: links that enrollments need may go. */
  seed(setUp: SetUp): Promise<void>;
  stop(): Promise<void>;
}

/** Stopped when the test ends. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const { setUp = {}, records, webhookTrust = async () => [], ports, postJson, neverResumes, ...given } = options;
  const bugs: unknown[] = [];
  const engine = await createEngine({
    options: resolveOptions({ clock: 'manual', seed: 'seed', ...realTimeout(given), ...given }, 'command'),
    setUp: await checkSetUp(setUp, 'test'),
    records,
    realTime,
    webhookTrust,
    reportBug: (error) => bugs.push(error),
    replace: replacing({ ports, postJson, neverResumes }),
  });
  onTestFinished(engine.stop);
  const { dps, stop, state } = engine;
  const { clock, journal, hubs } = state;
  const seed = async (more: SetUp): Promise<void> => {
    const checked = await checkSetUp(more, 'test');
    const { ids, transaction } = engine.ports;
    await transaction(SET_UP_TURN, (tx) => applySetUp(checked, tx, { ids, now: () => clock.now() }));
  };
  return { engine, dps, ports: engine.ports, clock, journal, hubs, bugs, seed, stop };
}

/** A webhook that hangs by mistake costs a test 5 s and not 30. */
function realTimeout({ webhookTimeoutMs }: GivenOptions): GivenOptions {
  return webhookTimeoutMs === undefined ? { webhookRealTimeoutMs: 5_000 } : {};
}

type Replaced = Pick<HarnessOptions, 'ports' | 'postJson' | 'neverResumes'>;

function replacing({ ports, postJson, neverResumes = false }: Replaced): ReplaceIn<EngineParts> {
  return (name, part) => {
    if (name === 'ports' && ports !== undefined) return { ...part, ...ports(part as Ports) };
    if (name === 'dps' && neverResumes) return { ...part, resume: async () => undefined };
    if (name === 'ladder' && postJson !== undefined) return { ...part, postJson };
    return part;
  };
}

/** A stand-in webhook that ends with the test. */
export async function webhook(script: Script): Promise<StandIn> {
  const standIn = await startStandIn(script);
  onTestFinished(() => standIn.stop());
  return standIn;
}

/** One instance with two linked hubs and, unless told otherwise, one group. */
export function setUpOf(
  group: Partial<GivenEnrollmentGroup> | undefined,
  instance: Partial<SetUpInstance> = {},
  hubs: readonly string[] = [],
): SetUp {
  const groups: readonly GivenEnrollmentGroup[] =
    group === undefined
      ? []
      : [
          {
            enrollmentGroupId: GROUP,
            attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: GROUP_KEY } },
            ...group,
          },
        ];
  return {
    dps: [{ name: 'dps-1', idScope: SCOPE, linkedHubs: [HUB_A, HUB_B], enrollmentGroups: groups, ...instance }],
    hubs,
  };
}

/** A group whose webhook is at this address. */
export function customGroup(webhookUrl: string, more: Partial<GivenEnrollmentGroup> = {}): GivenEnrollmentGroup {
  return {
    enrollmentGroupId: GROUP,
    attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: GROUP_KEY } },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
    ...more,
  };
}

export interface Device {
  readonly id?: string;
  /** Default: derived from `GROUP_KEY`. */
  readonly key?: string;
  readonly idScope?: string;
  readonly apiVersion?: string;
  readonly payload?: JsonValue;
  /** The whole register body, when it is not to be made of id and payload. */
  readonly body?: string;
  readonly credential?: Credential;
  readonly sas?: Partial<SasOptions>;
}

export const DEVICE = 'device-1';

function callOf(device: Device, request: DeviceCall['request']): DeviceCall {
  const { id = DEVICE, idScope = SCOPE, apiVersion = '2019-03-31' } = device;
  const key = device.key ?? deriveDeviceKey(GROUP_KEY, id);
  const token = makeDeviceSas({ idScope, registrationId: id, key, ...device.sas }, Date.now());
  return {
    transport: 'mqtt',
    idScope,
    registrationId: id,
    apiVersion,
    credential: device.credential ?? { kind: 'sas', token },
    request,
  };
}

export function register({ dps }: Harness, device: Device = {}): Promise<Reply> {
  const { id = DEVICE, payload } = device;
  const body = device.body ?? JSON.stringify({ registrationId: id, ...(payload !== undefined && { payload }) });
  return dps.call(callOf(device, { operation: 'register', body }));
}

export function poll({ dps }: Harness, operationId: string | undefined, device: Device = {}): Promise<Reply> {
  return dps.call(callOf(device, { operation: 'poll', operationId }));
}

export function lookup({ dps }: Harness, device: Device = {}): Promise<Reply> {
  return dps.call(callOf(device, { operation: 'lookup', body: device.body ?? '' }));
}

export function admits({ dps }: Harness, device: Device = {}) {
  return dps.admits(callOf(device, { operation: 'lookup', body: '' }));
}

export function operationIdOf(reply: Reply): string {
  return 'operationId' in reply.body ? reply.body.operationId : '';
}

/** Registers and plays the ladder, sleep by sleep, until a poll answers with the end of the operation. */
export async function provision(harness: Harness, device: Device = {}): Promise<RegistrationOperationStatus> {
  const first = await register(harness, device);
  const last = first.status === 202 ? await untilConcluded(harness, operationIdOf(first), device) : first;
  if (!('operationId' in last.body)) throw new Error(`refused: ${last.text}`);
  return last.body;
}

export async function untilConcluded(harness: Harness, operationId: string, device: Device = {}): Promise<Reply> {
  for (;;) {
    await harness.clock.untilSleeping(0);
    const reply = await poll(harness, operationId, device);
    if (reply.status !== 202) return reply;
    const { woken } = await harness.clock.next();
    if (woken === 0) throw new Error('still assigning, and nothing sleeps that could end it');
  }
}

export type EventOf<K extends JournalEvent['kind']> = Extract<JournalEvent, { kind: K }>;

/** The journal's events of one kind about a device, oldest first. */
export function eventsOf<K extends JournalEvent['kind']>(
  { journal }: Harness,
  kind: K,
  { id = DEVICE, idScope = SCOPE }: Device = {},
): readonly EventOf<K>[] {
  const entries = journal.timeline(idScope, id)?.entries ?? [];
  return entries.flatMap(({ event }) => (event.kind === kind ? [event as EventOf<K>] : []));
}

/** Seconds on the emulator's clock, from its start, at which the webhook was called for a device. */
export function callInstants({ journal }: Harness, { id = DEVICE, idScope = SCOPE }: Device = {}): readonly number[] {
  const entries = journal.timeline(idScope, id)?.entries ?? [];
  return entries.flatMap(({ event, atMs }) => (event.kind === 'webhook-attempt' ? [(atMs - START_MS) / 1000] : []));
}
