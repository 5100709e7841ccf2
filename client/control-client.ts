/** The control API (docs/control-api.md) as a program uses it: every route as a typed call, its errors in words, its event stream. */
import type {
  ClockMode,
  ClockMove,
  ClockState,
  ConfigAnswer,
  ConnectionAnswer,
  HeldAnswer,
  HubSummary,
  JournalAnswer,
  JournalFilter,
  PendingAnswer,
  ReadyAnswer,
  RegistrationAnswer,
  SasExplanation,
  SasQuestion,
  StreamedEntry,
  TraceAnswer,
} from '../emulator/wire/control-api.ts';
import type { HubDevice, HubTwin } from '../emulator/wire/hub-device.ts';
import type { Timeline } from '../emulator/wire/journal-entry.ts';
import { subjectAddress } from '../emulator/wire/journal-subject.ts';
import { parsedJson } from '../emulator/wire/json.ts';
import type {
  IotHubResource,
  PolicyResource,
  ProvisioningServiceResource,
  ResourceGroupResource,
} from '../emulator/wire/resource.ts';
import type {
  IotHubRequest,
  ProvisioningServiceRequest,
  ResourceGroupRequest,
} from '../emulator/wire/resource-request.ts';
import type { SetUp } from '../emulator/wire/set-up.ts';
import { isJsonObject, type JsonValue } from '../emulator/wire/twin.ts';
import { ClientError } from './client-error.ts';
import { type FoundEmulator, findEmulator, noEmulator } from './find-emulator.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** Every call throws a `ClientError` when it cannot be made or is refused. */
export type ControlClient = ReturnType<typeof createControlClient>;

/** An emulator that accepts a call and does not answer is stuck. */
const TIMEOUT_MS = 10_000;
/** Longer than the clock's own limit for what it wakes to settle, so that its explanation is the one that is read. */
const CLOCK_TIMEOUT_MS = 90_000;

/** Finds the emulator and gives the client for it. */
export async function controlClient(flag: string | undefined, env?: NodeJS.ProcessEnv): Promise<ControlClient> {
  return createControlClient(await findEmulator(flag, env));
}

export function createControlClient(emulator: FoundEmulator) {
  const get = <T>(path: string, query: Query = {}): Promise<T> => call(emulator, { method: 'GET', path, query });
  const post = <T>(path: string, body: object = {}, timeoutMs?: number): Promise<T> =>
    call(emulator, { method: 'POST', path, body, ...(timeoutMs !== undefined && { timeoutMs }) });
  return {
    /** URL of the control API. */
    url: emulator.url,
    health: () => get<{ readonly status: 'ok' }>('/health'),
    ready: () => get<ReadyAnswer>('/ready'),
    ca: () => get<{ readonly certificatePem: string }>('/ca'),
    config: () => get<ConfigAnswer>('/config'),
    /** With keys in clear. */
    setUp: () => get<SetUp>('/set-up'),
    /** Adds to the set-up, all or nothing. */
    seed: (document: SetUp) => post<HeldAnswer>('/seed', document),
    /** Back to what it was at start; the clock goes on. */
    reset: () => post<HeldAnswer>('/reset'),
    registrations: async () =>
      (await get<{ readonly registrations: readonly RegistrationAnswer[] }>('/registrations')).registrations,
    registration: (idScope: string, registrationId: string) =>
      get<RegistrationAnswer>(at('registrations', idScope, registrationId)),
    connections: async () =>
      (await get<{ readonly connections: readonly ConnectionAnswer[] }>('/connections')).connections,
    timelines: async (filter: JournalFilter) => joined(await pages<JournalAnswer>(get, '/journal', { ...filter })),
    timeline: async (idScope: string, registrationId: string) => {
      const found = await pages<Timeline & { readonly next?: string }>(get, at('journal', idScope, registrationId));
      return joined(
        found.map(({ next: _next, ...timeline }) => ({ timelines: [timeline as Timeline] })),
      )[0] as Timeline;
    },
    /** Entries on record, then those that come, until the emulator stops. */
    events: (filter: JournalFilter) => streamOf(emulator, '/journal/events', { ...filter, replay: 'true' }),
    /** What the journal has of an ID scope. */
    forgetTimelines: async (idScope: string) => {
      await call(emulator, { method: 'DELETE', path: '/journal', query: { idScope } });
    },
    trace: async (): Promise<TraceAnswer> => {
      const found = await pages<TraceAnswer>(get, '/trace');
      return { hash: found[0]?.hash ?? '', trace: found.flatMap(({ trace }) => trace) };
    },
    clock: () => get<ClockState>('/clock'),
    pendingOnClock: () => get<PendingAnswer>('/clock/pending'),
    setClockMode: (mode: ClockMode, factor?: number) =>
      post<ClockState>('/clock/mode', { mode, ...(factor !== undefined && { factor }) }),
    /** Answers when nothing runs: everything has ended, or sleeps on the clock. */
    settleClock: () => post<ClockState>('/clock/settle', {}, CLOCK_TIMEOUT_MS),
    advanceClock: (ms: number) => post<ClockMove>('/clock/advance', { ms }, CLOCK_TIMEOUT_MS),
    nextOnClock: () => post<ClockMove>('/clock/next', {}, CLOCK_TIMEOUT_MS),
    hubs: async () => (await get<{ readonly hubs: readonly HubSummary[] }>('/hubs')).hubs,
    /** With keys in clear. */
    hubDevices: async (hub: string) =>
      (await get<{ readonly devices: readonly HubDevice[] }>(at('hubs', hub, 'devices'), { showKeys: 'true' })).devices,
    /** With keys in clear. */
    hubDevice: (hub: string, deviceId: string) =>
      get<HubDevice>(at('hubs', hub, 'devices', deviceId), { showKeys: 'true' }),
    twin: (hub: string, deviceId: string) => get<HubTwin>(at('hubs', hub, 'twins', deviceId)),
    groups: resources<ResourceGroupResource, ResourceGroupRequest>(emulator, 'resource-groups'),
    provisioningServices: withPolicies<ProvisioningServiceResource, ProvisioningServiceRequest>(
      emulator,
      'provisioning-services',
    ),
    iotHubs: withPolicies<IotHubResource, IotHubRequest>(emulator, 'iot-hubs'),
    explainSas: (question: SasQuestion) => post<SasExplanation>('/sas/explain', question),
  };
}

type Get = <T>(path: string, query?: Query) => Promise<T>;

async function pages<T extends { readonly next?: string }>(
  get: Get,
  path: string,
  query: Query = {},
): Promise<readonly T[]> {
  const found: T[] = [];
  let after: string | undefined;
  do {
    const page: T = await get(path, { ...query, after });
    found.push(page);
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** Timelines as they are when nothing parts them. */
function joined(found: readonly Pick<JournalAnswer, 'timelines'>[]): readonly Timeline[] {
  const whole = new Map<string, Timeline>();
  for (const timeline of found.flatMap(({ timelines }) => timelines)) {
    const address = subjectAddress(timeline);
    const entries = [...(whole.get(address)?.entries ?? []), ...timeline.entries];
    whole.set(address, { ...timeline, entries });
  }
  return [...whole.values()];
}

/** A kind of resource. When a resource group is given, the resource must be in it. */
function resources<Resource, Request extends object>(emulator: FoundEmulator, kind: string) {
  const one = (name: string): string => at(kind, name);
  return {
    list: async (resourceGroup?: string): Promise<readonly Resource[]> =>
      (await call<Listed<Resource>>(emulator, { method: 'GET', path: at(kind), query: { resourceGroup } })).value,
    get: (name: string, resourceGroup?: string): Promise<Resource> =>
      call(emulator, { method: 'GET', path: one(name), query: { resourceGroup } }),
    put: (name: string, body: Request): Promise<Resource> => call(emulator, { method: 'PUT', path: one(name), body }),
    delete: async (name: string, resourceGroup?: string): Promise<void> => {
      await call(emulator, { method: 'DELETE', path: one(name), query: { resourceGroup } });
    },
  };
}

function withPolicies<Resource, Request extends object>(emulator: FoundEmulator, kind: string) {
  return {
    ...resources<Resource, Request>(emulator, kind),
    /** With keys in clear. */
    policies: async (name: string, resourceGroup?: string): Promise<readonly PolicyResource[]> => {
      const path = at(kind, name, 'policies');
      return (await call<Listed<PolicyResource>>(emulator, { method: 'GET', path, query: { resourceGroup } })).value;
    },
  };
}

interface Listed<T> {
  readonly value: readonly T[];
}

type Query = Readonly<Record<string, string | undefined>>;

interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  readonly body?: object;
  readonly timeoutMs?: number;
}

async function call<T>(emulator: FoundEmulator, { method, path, query, body, timeoutMs }: Call): Promise<T> {
  const response = await ask(emulator, addressOf(path, query), {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS),
  });
  const answer = await answerIn(response);
  if (response.ok && answer !== undefined) return answer as T;
  throw refusal(emulator, response.status, answer);
}

async function* streamOf(emulator: FoundEmulator, path: string, query: Query): AsyncIterable<StreamedEntry> {
  const response = await ask(emulator, addressOf(path, query), {});
  if (!response.ok || response.body === null) {
    throw refusal(emulator, response.status, await answerIn(response));
  }
  for await (const { event, data } of untilCut(readServerSentEvents(response.body))) {
    const told = parsedJson(data);
    if (!isJsonObject(told)) continue;
    if (event === 'overflow') throw new ClientError('refused', String(told.message));
    if (event === 'entry') yield told as unknown as StreamedEntry;
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

/** `undefined` where the body is cut off, or is not what an emulator sends. */
async function answerIn(response: Response): Promise<JsonValue | undefined> {
  return parsedJson(await response.text().catch(() => ''));
}

async function ask(emulator: FoundEmulator, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${emulator.url}${path}`, init);
  } catch (error) {
    throw notReached(emulator, error as Unreached);
  }
}

type Unreached = Error & { readonly cause?: { readonly code?: string } };

/** How `https://` ends at a port that speaks plain HTTP, and `http://` at one that speaks TLS. */
const SPEAKS_NO_TLS: readonly string[] = ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'];
const HANGS_UP: readonly string[] = ['ECONNRESET', 'UND_ERR_SOCKET'];

function notReached({ url, source }: FoundEmulator, { name, cause }: Unreached): ClientError {
  const code = cause?.code ?? '';
  if (SPEAKS_NO_TLS.includes(code)) {
    const meant = url.replace(/^https/, 'http');
    return new ClientError('bad-address', `${source}: the control API speaks plain HTTP: ${meant} (is "${url}")`);
  }
  const hangsUp = HANGS_UP.includes(code) && 'hangs up, as a port for devices does; the control API is meant';
  return noEmulator(
    `the emulator at ${url} (from ${source}) ${hangsUp || (name === 'TimeoutError' ? 'does not answer' : 'cannot be reached')}`,
  );
}

function refusal({ url }: FoundEmulator, status: number, answer: unknown): ClientError {
  const error = isJsonObject(answer) && isJsonObject(answer.error) ? answer.error : undefined;
  if (typeof error?.message !== 'string' || typeof error.code !== 'string') {
    return new ClientError('foreign', `${url} answered ${status}, and not as a dps-emulator does: check the URL`);
  }
  return new ClientError(status === 404 ? 'not-found' : 'refused', error.message, error.code);
}

function at(...segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

function addressOf(path: string, parameters: Query = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query}`;
}
