/** The control API as the commands use it (docs/control-api.md): typed calls, its errors in words, its event stream. */

import { CliError } from '../cli/exit.ts';
import type { ClockMode } from '../emulator/core/clock/clock.ts';
import type { SasExplanation, SasQuestion } from '../emulator/core/dps/attestation/explain-sas.ts';
import type { Endpoints } from '../emulator/emulator.ts';
import type { JournalEntry, Timeline } from '../emulator/wire/journal-entry.ts';
import type { JournalSubject } from '../emulator/wire/journal-subject.ts';
import type { SetUp } from '../emulator/wire/set-up.ts';
import { type HubTwin, isJsonObject, type JsonObject } from '../emulator/wire/twin.ts';

import { type FoundEmulator, findEmulator, noEmulator } from './find-emulator.ts';
import { readServerSentEvents } from './server-sent-events.ts';

export interface ReadyAnswer {
  readonly version: string;
  readonly pid: number;
  readonly endpoints: Endpoints;
  readonly idScopes: readonly string[];
  readonly hubs: readonly string[];
  readonly ca: { readonly certificatePath: string };
}

export interface ClockState {
  readonly mode: ClockMode;
  readonly factor: number;
  readonly now: string;
  readonly nowMs: number;
  readonly pending: readonly {
    readonly who: string;
    readonly why: string;
    readonly due: string;
    readonly inMs: number;
  }[];
  readonly openHolds: readonly string[];
}

export interface ClockMove {
  readonly from: string;
  readonly fromMs: number;
  readonly to: string;
  readonly toMs: number;
  readonly woken: number;
}

/** An entry as the event stream sends it. */
export type StreamedEntry = JournalEntry & JournalSubject;

/** Which timelines are asked for; without anything, all. */
export interface JournalFilter {
  readonly idScope?: string | undefined;
  readonly registrationId?: string | undefined;
}

export interface ControlClient {
  /** URL of the control API. */
  readonly url: string;
  ready(): Promise<ReadyAnswer>;
  ca(): Promise<{ readonly certificatePem: string }>;
  setUp(): Promise<SetUp>;
  /** Adds to the set-up, all or nothing. */
  seed(document: SetUp): Promise<void>;
  /** Back to what it was at start; the clock goes on. */
  reset(): Promise<void>;
  timelines(filter: JournalFilter): Promise<readonly Timeline[]>;
  /** Entries on record, then those that come, until the emulator stops. */
  events(filter: JournalFilter): AsyncIterable<StreamedEntry>;
  /** Forgets what the journal has of an ID scope. */
  forgetTimelines(idScope: string): Promise<void>;
  /** Where the latest registration of a device has led. */
  assignment(
    idScope: string,
    registrationId: string,
  ): Promise<{ readonly hub: string; readonly deviceId: string } | undefined>;
  /** Names of the provisioning services. */
  provisioningServices(): Promise<readonly string[]>;
  deleteProvisioningService(name: string): Promise<void>;
  /** Host names of the hubs. */
  hubs(): Promise<readonly string[]>;
  deleteHub(name: string): Promise<void>;
  /** Keys in clear. */
  hubDevices(hub: string): Promise<readonly DeviceAtHub[]>;
  twin(hub: string, deviceId: string): Promise<HubTwin>;
  explainSas(question: SasQuestion): Promise<SasExplanation>;
  clock(): Promise<ClockState>;
  setClockMode(mode: string, factor: number | undefined): Promise<ClockState>;
  /** Answers when nothing runs: everything has ended, or sleeps on the clock. */
  settleClock(): Promise<ClockState>;
  advanceClock(ms: number): Promise<ClockMove>;
  nextOnClock(): Promise<ClockMove>;
}

/** As GET /hubs/{hub}/devices shows it. */
export type DeviceAtHub = JsonObject & { readonly deviceId: string };

interface Named {
  readonly value: readonly { readonly name: string }[];
}

interface ShownRegistration {
  readonly idScope: string;
  readonly registrationId: string;
  readonly assignedHub?: string;
  readonly deviceId?: string;
}

/** An emulator that accepts a call and does not answer is stuck. */
const TIMEOUT_MS = 10_000;
/** Longer than the clock's own limit for what it wakes to settle, so that its explanation is the one that is read. */
const CLOCK_TIMEOUT_MS = 90_000;

/** Finds the emulator and gives the client for it. */
export async function controlClient(flag: string | undefined, env?: NodeJS.ProcessEnv): Promise<ControlClient> {
  return createControlClient(await findEmulator(flag, env));
}

export function createControlClient(emulator: FoundEmulator): ControlClient {
  const get = <T>(path: string): Promise<T> => call<T>(emulator, path, { timeoutMs: TIMEOUT_MS });
  const post = <T>(path: string, body: object, timeoutMs = TIMEOUT_MS): Promise<T> =>
    call<T>(emulator, path, { method: 'POST', body, timeoutMs });
  const remove = async (path: string): Promise<void> => {
    await call(emulator, path, { method: 'DELETE', timeoutMs: TIMEOUT_MS });
  };
  return {
    url: emulator.url,
    ready: () => get('/ready'),
    ca: () => get('/ca'),
    setUp: () => get('/set-up'),
    seed: (document) => post('/seed', document),
    reset: () => post('/reset', {}),
    timelines: async (filter) =>
      (await get<{ timelines: readonly Timeline[] }>(`/journal${queryOf({ ...filter })}`)).timelines,
    events: (filter) => streamOf(emulator, `/journal/events${queryOf({ ...filter, replay: 'true' })}`),
    forgetTimelines: (idScope) => remove(`/journal/${encodeURIComponent(idScope)}`),
    assignment: async (idScope, registrationId) => {
      const { registrations } = await get<{ registrations: readonly ShownRegistration[] }>('/registrations');
      const found = registrations.find(
        (one) =>
          one.idScope.toLowerCase() === idScope.toLowerCase() &&
          one.registrationId.toLowerCase() === registrationId.toLowerCase(),
      );
      const { assignedHub, deviceId } = found ?? {};
      return assignedHub === undefined || deviceId === undefined ? undefined : { hub: assignedHub, deviceId };
    },
    provisioningServices: async () => (await get<Named>('/provisioning-services')).value.map(({ name }) => name),
    deleteProvisioningService: (name) => remove(`/provisioning-services/${encodeURIComponent(name)}`),
    hubs: async () => (await get<{ hubs: Named['value'] }>('/hubs')).hubs.map(({ name }) => name),
    deleteHub: (name) => remove(`/iot-hubs/${encodeURIComponent(name)}`),
    hubDevices: async (hub) => {
      const path = `/hubs/${encodeURIComponent(hub)}/devices?showKeys=true`;
      return (await get<{ devices: readonly DeviceAtHub[] }>(path)).devices;
    },
    twin: (hub, deviceId) => get(`/hubs/${encodeURIComponent(hub)}/twins/${encodeURIComponent(deviceId)}`),
    explainSas: (question) => post('/sas/explain', question),
    clock: () => get('/clock'),
    setClockMode: (mode, factor) => post('/clock/mode', { mode, ...(factor !== undefined && { factor }) }),
    settleClock: () => post('/clock/settle', {}, CLOCK_TIMEOUT_MS),
    advanceClock: (ms) => post('/clock/advance', { ms }, CLOCK_TIMEOUT_MS),
    nextOnClock: () => post('/clock/next', {}, CLOCK_TIMEOUT_MS),
  };
}

interface CallOptions {
  readonly method?: 'POST' | 'DELETE';
  readonly body?: object;
  readonly timeoutMs: number;
}

async function call<T>(emulator: FoundEmulator, path: string, { method, body, timeoutMs }: CallOptions): Promise<T> {
  const response = await ask(emulator, path, {
    ...(method && { method }),
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as T;
  throw new CliError('failed', problemOf(emulator, response.status, answer));
}

async function* streamOf(emulator: FoundEmulator, path: string): AsyncIterable<StreamedEntry> {
  const response = await ask(emulator, path, {});
  if (!response.ok || response.body === null) {
    throw new CliError('failed', problemOf(emulator, response.status, await response.json().catch(() => undefined)));
  }
  for await (const { event, data } of untilCut(readServerSentEvents(response.body))) {
    if (event === 'overflow') throw new CliError('failed', (JSON.parse(data) as { message: string }).message);
    if (event === 'entry') yield JSON.parse(data) as StreamedEntry;
  }
}

/** A connection that breaks is the end of the stream: the emulator has stopped. */
async function* untilCut<T>(source: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await iterator.next().catch(() => undefined);
    if (next === undefined || next.done) return;
    yield next.value;
  }
}

async function ask(emulator: FoundEmulator, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${emulator.url}${path}`, init);
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const why = name === 'TimeoutError' ? 'does not answer' : 'cannot be reached';
    throw noEmulator(`the emulator at ${emulator.url} (from ${emulator.source}) ${why}`);
  }
}

function problemOf({ url }: FoundEmulator, status: number, answer: unknown): string {
  const error = isJsonObject(answer) && isJsonObject(answer.error) ? answer.error : undefined;
  if (error?.code === 'wrong-clock-mode') return 'the clock moves by itself; first: dps-emulator clock mode manual';
  if (typeof error?.message === 'string') return error.message;
  return `${url} answered ${status}, and not as a dps-emulator does: check the URL`;
}

function queryOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '' : `?${query}`;
}
