/** A whole DPS without the device's sockets, put together as compose.ts does: real stores, hubs, clock and webhook calls. */
import { onTestFinished } from 'vitest';
import type { WebhookClientOptions } from '../../emulator/allocation-webhook/client.ts';
import { createLadder } from '../../emulator/allocation-webhook/ladder.ts';
import { type Assumptions, resolveAssumptions } from '../../emulator/core/assumptions.ts';
import type { ControllableClock } from '../../emulator/core/clock/clock.ts';
import { createClock } from '../../emulator/core/clock/emulator-clock.ts';
import type { Credential } from '../../emulator/core/dps/attestation/credential.ts';
import type { DeviceCall, Reply } from '../../emulator/core/dps/device-call.ts';
import { createDpsService, type DpsService } from '../../emulator/core/dps/dps-service.ts';
import { createHubs, type Hubs } from '../../emulator/core/hub/hub-devices.ts';
import { createIds } from '../../emulator/core/ids.ts';
import { createJournal, type Journal } from '../../emulator/core/journal/journal.ts';
import type { Ports } from '../../emulator/core/ports.ts';
import { applySetUp } from '../../emulator/core/set-up/apply-set-up.ts';
import { checkSetUp } from '../../emulator/core/set-up/check-set-up.ts';
import { createEnrollmentStore } from '../../emulator/core/store/enrollments.ts';
import { createInstanceStore } from '../../emulator/core/store/instances.ts';
import { createOperationStore } from '../../emulator/core/store/operations.ts';
import { createRegistrationStore } from '../../emulator/core/store/registrations.ts';
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

export interface HarnessOptions {
  readonly setUp?: SetUp;
  readonly assume?: Partial<Assumptions>;
  readonly mode?: 'manual' | 'skip';
  readonly seed?: string;
  readonly authClock?: 'wall' | 'emulator';
  readonly operationLifetimeSeconds?: number;
  readonly timeoutMs?: number;
  readonly client?: Partial<WebhookClientOptions>;
  readonly journal?: { readonly timelinesMax?: number; readonly entriesPerTimelineMax?: number };
  /** Replaces single ports. */
  readonly ports?: (ports: Ports) => Partial<Ports>;
}

export interface Harness {
  readonly dps: DpsService;
  readonly ports: Ports;
  readonly clock: ControllableClock;
  readonly journal: Journal;
  readonly hubs: Hubs;
  /** What was reported as a bug of ours; a test that expects none checks it. */
  readonly bugs: readonly unknown[];
  /** Adds to the set-up, checked as the emulator does. */
  seed(setUp: SetUp): Promise<void>;
  stop(): Promise<void>;
}

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const assumptions = resolveAssumptions(options.assume);
  const clock = createClock({ mode: options.mode ?? 'manual', startMs: START_MS, realTime });
  const now = (): number => clock.now();
  const ids = createIds(options.seed ?? 'seed');
  const journal = createJournal({ now, timelinesMax: 1000, entriesPerTimelineMax: 500, ...options.journal });
  const hubs = createHubs({ ids, now });
  const stores = { instances: createInstanceStore(), enrollments: createEnrollmentStore(), hubs, ids, now };
  const bugs: unknown[] = [];
  const standard: Ports = {
    clock,
    credentialNow: options.authClock === 'emulator' ? now : realTime.now,
    ids,
    journal,
    instances: stores.instances,
    enrollments: stores.enrollments,
    registrations: createRegistrationStore(),
    operations: createOperationStore(),
    hubs,
    allocateCustom: createLadder({
      journal,
      assumptions,
      client: {
        realTimeoutMs: 5_000,
        responseBytesMax: 64 * 1024,
        ca: async () => [],
        followRedirects: assumptions['webhook-redirect'] === 'follow',
        ...options.client,
      },
      timeoutMs: options.timeoutMs ?? 30_000,
      isTimeVirtual: () => true,
      realNow: () => performance.now(),
    }),
    settings: {
      retryAfterSeconds: 3,
      operationLifetimeSeconds: options.operationLifetimeSeconds ?? 600,
      assumptions,
    },
    reportBug: (error) => bugs.push(error),
  };
  const ports = { ...standard, ...options.ports?.(standard) };
  const seed = async (setUp: SetUp): Promise<void> => applySetUp(await checkSetUp(setUp, 'test'), stores);
  if (options.setUp !== undefined) await seed(options.setUp);
  const dps = createDpsService(ports);
  const stop = async (): Promise<void> => {
    await dps.stop();
    clock.stop();
  };
  onTestFinished(stop);
  return { dps, ports, clock, journal, hubs, bugs, seed, stop };
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
