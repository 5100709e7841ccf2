/** The engine: the core put together from its ports. It holds and answers everything an emulator does, and has no socket. */
import { randomBytes } from 'node:crypto';
import { createLadder, LADDER_STEPS, type LadderSteps } from './allocation-webhook/ladder.ts';
import type { EffectiveOptions } from './config.ts';
import { type Assumptions, resolveAssumptions } from './core/assumptions.ts';
import type { ControllableClock, RealTime } from './core/clock/clock.ts';
import { createClock } from './core/clock/emulator-clock.ts';
import { type Connections, createConnections } from './core/connections.ts';
import { explainSas } from './core/dps/attestation/explain-sas.ts';
import { createDpsService, type DpsService } from './core/dps/dps-service.ts';
import { createServiceApi, type ServiceApi } from './core/enrollments/enrollment-service.ts';
import { createHubs, type Hubs, provisionDevice } from './core/hub/hub-devices.ts';
import { createHubService, type HubService } from './core/hub/hub-service.ts';
import { createIds } from './core/ids.ts';
import { createJournal, type Journal } from './core/journal/journal.ts';
import { createHeldSecrets, type KnowingMasker } from './core/journal/secrets.ts';
import { traceOf } from './core/journal/trace.ts';
import type { AllocateCustom, Ports } from './core/ports.ts';
import { type ConnectionStrings, connectionStringsOf } from './core/resources/connection-strings.ts';
import { createResourceManager, type ResourceManager } from './core/resources/resource-manager.ts';
import { applySetUp, exportSetUp } from './core/set-up/apply-set-up.ts';
import { checkSetUp } from './core/set-up/check-set-up.ts';
import { everyItem } from './core/store/access.ts';
import { createMemoryStore } from './core/store/memory/memory-store.ts';
import type { RecordStore } from './core/store/record-store.ts';
import type { RegistrationRecord } from './core/store/registrations.ts';
import { createStore, SET_UP_TURN, type Store } from './core/store/store.ts';
import { MEMORY_LIMITS } from './core/unproved.ts';
import type { RegistrationTrace, SasExplanation, SasQuestion } from './wire/control-api.ts';
import type { SetUp } from './wire/set-up.ts';

/** What is held, and the ways to see and to change it: in the hands of an emulator's user and of the control API. */
export interface EngineState {
  readonly options: EffectiveOptions;
  readonly clock: ControllableClock;
  readonly journal: Journal;
  readonly hubs: Hubs;
  /** Masks what is shown of the traffic, by every secret that is in the store, or was when it was written. */
  readonly masker: KnowingMasker;
  /** Resource groups, provisioning services and hubs: made, changed and deleted while the emulator runs. */
  readonly resources: ResourceManager;
  idScopes(): Promise<readonly string[]>;
  registrations(): Promise<readonly RegistrationRecord[]>;
  registration(idScope: string, registrationId: string): Promise<RegistrationRecord | undefined>;
  /** What the run decided, per registration: equal for equal seeds on the manual clock. */
  trace(): readonly RegistrationTrace[];
  /** Why a token would be accepted or refused, check by check. */
  explainSas(question: SasQuestion): Promise<SasExplanation>;
  /** What a back end connects with: the owner policy of every provisioning service and hub, keys in clear. */
  connectionStrings(): Promise<ConnectionStrings>;
  /** The set-up as it stands, keys in clear. */
  exportSetUp(): Promise<SetUp>;
  /**
   * Adds to the set-up, all or nothing. Enrollments of the same id are replaced; what the document does not say of an
   * instance that is there (its linked hubs, its policies) stays.
   * @throws {SetUpError} naming every fault
   */
  seed(document: unknown, source?: string): Promise<void>;
  /** Forgets registrations, hub devices, journal and seeds: as it was at start. The clock goes on. */
  reset(): Promise<void>;
}

export interface Engine {
  readonly state: EngineState;
  /** Who answers the device API. */
  readonly dps: DpsService;
  /** Who answers the service API. */
  readonly serviceApi: ServiceApi;
  /** Who answers the hubs' REST API. */
  readonly hubService: HubService;
  /** Who is connected; the adapters keep it. */
  readonly connections: Connections;
  /** What the core was made with. */
  readonly ports: Ports;
  /** Ends every allocation under way, then the clock. */
  stop(): Promise<void>;
}

/** The parts that may be replaced as they are made: what the harness makes its wrong emulators of. */
export interface EngineParts {
  /** What keeps everything that is stored. */
  readonly records: RecordStore;
  /** How the webhook is asked: what, by which call, and whether again. */
  readonly ladder: LadderSteps;
  readonly ports: Ports;
  /** Every answer of the device API leaves through it, rendered. */
  readonly dps: DpsService;
}

/** Gives back the part that it is given, or another one for its place. */
export type ReplaceIn<Parts> = <Name extends keyof Parts>(name: Name, part: Parts[Name]) => Parts[Name];

export interface EngineOptions {
  /** Checked, with their defaults: `resolveOptions`. */
  readonly options: EffectiveOptions;
  /** Held at start and after `reset`; checked: `checkSetUp`. Without it nothing is put into the store. */
  readonly setUp?: SetUp | undefined;
  readonly realTime: RealTime;
  /** PEM certificates that an https webhook's chain may end at. */
  readonly webhookTrust: () => Promise<readonly string[]>;
  /** False for a URL that no redirect of a webhook may lead to. Default: any will do. */
  readonly mayRedirectTo?: ((url: string) => Promise<boolean>) | undefined;
  /** Default: in memory, empty. */
  readonly records?: RecordStore | undefined;
  /** Told of everything that is a bug of ours. */
  readonly reportBug: (error: unknown, where: string) => void;
  readonly replace?: ReplaceIn<EngineParts> | undefined;
}

/** A seeded virtual clock starts here, so that two runs agree on every instant. */
const SEEDED_START_TIME = '2026-01-01T00:00:00.000Z';

export async function createEngine(given: EngineOptions): Promise<Engine> {
  const { options, reportBug, replace = (_name, part) => part } = given;
  const clock = clockFor(given);
  const now = (): number => clock.now();
  const ids = createIds(options.seed ?? randomBytes(32));
  const secrets = createHeldSecrets({ readAll: () => everyRecordWithSecrets(store), maskAll: () => journal.maskAll() });
  const journal = createJournal({
    now,
    timelinesMax: options.journalTimelinesMax,
    entriesPerTimelineMax: options.journalEntriesMax,
    bytesMax: options.journalBytesMax,
    masker: secrets.masker,
    reportBug,
  });
  const store = createStore(secrets.watch(replace('records', given.records ?? createMemoryStore())));
  const assumptions = resolveAssumptions(options.assume);
  const ports = replace('ports', {
    ...store,
    hubs: { provision: (request, tx) => provisionDevice(request, tx, { ids, now }) },
    clock,
    credentialNow: options.authClock === 'emulator' ? now : given.realTime.now,
    ids,
    journal,
    allocateCustom: ladderFor(given, { steps: replace('ladder', LADDER_STEPS), clock, journal, assumptions }),
    settings: {
      retryAfterSeconds: options.retryAfterSeconds,
      operationLifetimeSeconds: options.operationLifetimeSeconds,
      assumptions,
    },
    reportBug,
  });
  const dps = replace('dps', createDpsService(ports));
  const hubs = createHubs(store, { ids, now });
  const { setUp } = given;
  if (setUp !== undefined) await store.transaction(SET_UP_TURN, (tx) => applySetUp(setUp, tx, { ids, now }));
  await dps.resume();
  secrets.settle();
  return {
    state: stateOf({ given, clock, store, hubs, masker: secrets.masker, ports, dps }),
    connections: createConnections({
      now,
      journal: ports.journal,
      limits: { ...MEMORY_LIMITS, connectionsMax: options.unprovedConnectionsMax },
    }),
    ports,
    dps,
    serviceApi: createServiceApi({ ...ports, dps, hubNames: hubs.names }),
    hubService: createHubService({ hubs, ids, now, credentialNow: ports.credentialNow, reportBug }),
    stop: async () => {
      await dps.stop();
      clock.stop();
    },
  };
}

async function everyRecordWithSecrets(store: Store): Promise<void> {
  await exportSetUp(store);
  for (const { name } of await store.storedHubs.list()) {
    await everyItem((request) => store.storedHubs.devicesPage(name, request));
  }
  await everyItem(store.operations.assigningPage);
}

interface Made {
  readonly given: EngineOptions;
  readonly clock: ControllableClock;
  readonly store: Store;
  readonly hubs: Hubs;
  readonly masker: KnowingMasker;
  readonly ports: Ports;
  readonly dps: DpsService;
}

function stateOf({ given: { options, setUp }, clock, store, hubs, masker, ports, dps }: Made): EngineState {
  const { ids, journal } = ports;
  const hubPorts = { ids, now: () => clock.now() };
  return {
    options,
    clock,
    journal,
    hubs,
    masker,
    resources: createResourceManager({ ...store, ...hubPorts, dps }),
    idScopes: async () => (await store.instances.list()).map((instance) => instance.idScope),
    registrations: () => store.registrations.list(),
    registration: store.registrations.get,
    trace: () => traceOf(journal.timelines()),
    explainSas: (question) => explainSas(question, ports),
    exportSetUp: () => exportSetUp(store),
    connectionStrings: () => connectionStringsOf(store),
    // In turn: a seed is checked against what is there, which must not change before it is applied.
    seed: (document, source = 'seed') =>
      store.transaction(SET_UP_TURN, async (tx) => applySetUp(await checkSetUp(document, source, tx), tx, hubPorts)),
    reset: async () => {
      await store.transaction(SET_UP_TURN, async (tx) => {
        tx.clear();
        if (setUp !== undefined) await applySetUp(setUp, tx, hubPorts);
      });
      await dps.endForgotten();
      journal.clear();
    },
  };
}

function clockFor({ options, realTime }: EngineOptions): ControllableClock {
  const isVirtual = options.clock === 'manual' || options.clock === 'skip';
  const startTime = options.startTime ?? (options.seed !== undefined && isVirtual ? SEEDED_START_TIME : undefined);
  return createClock({
    mode: options.clock,
    factor: options.clockFactor,
    ...(startTime !== undefined && { startMs: Date.parse(startTime) }),
    realTime,
  });
}

interface LadderParts {
  readonly steps: LadderSteps;
  readonly clock: ControllableClock;
  readonly journal: Journal;
  readonly assumptions: Assumptions;
}

function ladderFor(
  { options, webhookTrust, mayRedirectTo }: EngineOptions,
  { clock, ...parts }: LadderParts,
): AllocateCustom {
  return createLadder({
    ...parts,
    now: () => clock.now(),
    client: {
      realTimeoutMs: options.webhookRealTimeoutMs ?? options.webhookTimeoutMs,
      responseBytesMax: options.webhookResponseBytesMax,
      ca: webhookTrust,
      followRedirects: parts.assumptions['webhook-redirect'] === 'follow',
      mayRedirectTo,
    },
    timeoutMs: options.webhookTimeoutMs,
    isTimeVirtual: () => clock.mode === 'manual' || clock.mode === 'skip',
    realNow: () => performance.now(),
  });
}
