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
import { createHubs, type Hubs } from './core/hub/hub-devices.ts';
import { createHubService, type HubService } from './core/hub/hub-service.ts';
import { createIds, type Ids } from './core/ids.ts';
import { createJournal, type Journal } from './core/journal/journal.ts';
import { traceOf } from './core/journal/trace.ts';
import { createKeyedQueue } from './core/keyed-queue.ts';
import type { AllocateCustom, Ports } from './core/ports.ts';
import { type ConnectionStrings, connectionStringsOf } from './core/resources/connection-strings.ts';
import { createResourceManager, type ResourceManager } from './core/resources/resource-manager.ts';
import { applySetUp, exportSetUp } from './core/set-up/apply-set-up.ts';
import { checkSetUp } from './core/set-up/check-set-up.ts';
import { createEnrollmentStore } from './core/store/enrollments.ts';
import { createInstanceStore } from './core/store/instances.ts';
import { createOperationStore } from './core/store/operations.ts';
import { createRegistrationStore, type RegistrationRecord } from './core/store/registrations.ts';
import type { RegistrationTrace, SasExplanation, SasQuestion } from './wire/control-api.ts';
import type { SetUp } from './wire/set-up.ts';

/** What is held, and the ways to see and to change it: in the hands of an emulator's user and of the control API. */
export interface EngineState {
  readonly options: EffectiveOptions;
  readonly clock: ControllableClock;
  readonly journal: Journal;
  readonly hubs: Hubs;
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

export interface EngineStores extends Pick<Ports, 'instances' | 'enrollments' | 'registrations' | 'operations'> {
  readonly hubs: Hubs;
}

/** The parts that may be replaced as they are made: what the harness makes its wrong emulators of. */
export interface EngineParts {
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
  /** Held at start and after `reset`; checked: `checkSetUp`. Without it nothing is put into the stores. */
  readonly setUp?: SetUp | undefined;
  readonly realTime: RealTime;
  /** PEM certificates that an https webhook's chain may end at. */
  readonly webhookTrust: () => Promise<readonly string[]>;
  /** Default: in memory, empty. */
  readonly stores?: ((given: { readonly ids: Ids; readonly now: () => number }) => EngineStores) | undefined;
  /** Told of everything that is a bug of ours. */
  readonly reportBug: (error: unknown, where: string) => void;
  readonly replace?: ReplaceIn<EngineParts> | undefined;
}

/** A seeded virtual clock starts here, so that two runs agree on every instant. */
const SEEDED_START_TIME = '2026-01-01T00:00:00.000Z';

/** Seeds and resets of one engine share one queue. */
const SET_UP_TURN = 'set-up';

export async function createEngine(given: EngineOptions): Promise<Engine> {
  const { options, reportBug, replace = (_name, part) => part } = given;
  const clock = clockFor(given);
  const now = (): number => clock.now();
  const ids = createIds(options.seed ?? randomBytes(32));
  const journal = createJournal({
    now,
    timelinesMax: options.journalTimelinesMax,
    entriesPerTimelineMax: options.journalEntriesMax,
  });
  const stores = (given.stores ?? memoryStores)({ ids, now });
  const assumptions = resolveAssumptions(options.assume);
  const ports = replace('ports', {
    ...stores,
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
  const { hubs } = stores;
  if (given.setUp !== undefined) await applySetUp(given.setUp, { ...stores, ids, now });
  return {
    state: stateOf({ given, clock, stores, ports, dps }),
    connections: createConnections({ now, journal: ports.journal }),
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

interface Made {
  readonly given: EngineOptions;
  readonly clock: ControllableClock;
  readonly stores: EngineStores;
  readonly ports: Ports;
  readonly dps: DpsService;
}

function stateOf({ given: { options, setUp }, clock, stores, ports, dps }: Made): EngineState {
  const { ids, journal } = ports;
  const setUpStores = { ...stores, ids, now: () => clock.now() };
  const queue = createKeyedQueue();
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => queue.turn(SET_UP_TURN, change);
  const resources = createResourceManager({ ...stores, ids, dps, inTurn });
  return {
    options,
    clock,
    journal,
    hubs: stores.hubs,
    resources,
    idScopes: async () => (await stores.instances.list()).map((instance) => instance.idScope),
    registrations: () => stores.registrations.list(),
    registration: stores.registrations.get,
    trace: () => traceOf(journal.timelines()),
    explainSas: (question) => explainSas(question, ports),
    exportSetUp: () => exportSetUp(setUpStores),
    connectionStrings: async () => connectionStringsOf(await stores.instances.list(), stores.hubs),
    // In turn: a seed is checked against what is there, which must not change before it is applied.
    seed: (document, source = 'seed') =>
      inTurn(async () => applySetUp(await checkSetUp(document, source, setUpStores), setUpStores)),
    reset: () =>
      inTurn(async () => {
        await dps.stop();
        resources.clear();
        await clear(stores);
        journal.clear();
        if (setUp !== undefined) await applySetUp(setUp, setUpStores);
      }),
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

function memoryStores(given: { readonly ids: Ids; readonly now: () => number }): EngineStores {
  return {
    instances: createInstanceStore(),
    enrollments: createEnrollmentStore(),
    registrations: createRegistrationStore(),
    operations: createOperationStore(),
    hubs: createHubs(given),
  };
}

async function clear({ hubs, ...stores }: EngineStores): Promise<void> {
  await Promise.all(Object.values(stores).map((store) => store.clear()));
  hubs.clear();
}

interface LadderParts {
  readonly steps: LadderSteps;
  readonly clock: ControllableClock;
  readonly journal: Journal;
  readonly assumptions: Assumptions;
}

function ladderFor({ options, webhookTrust }: EngineOptions, { clock, ...parts }: LadderParts): AllocateCustom {
  return createLadder({
    ...parts,
    client: {
      realTimeoutMs: options.webhookRealTimeoutMs ?? options.webhookTimeoutMs,
      responseBytesMax: options.webhookResponseBytesMax,
      ca: webhookTrust,
      followRedirects: parts.assumptions['webhook-redirect'] === 'follow',
    },
    timeoutMs: options.webhookTimeoutMs,
    isTimeVirtual: () => clock.mode === 'manual' || clock.mode === 'skip',
    realNow: () => performance.now(),
  });
}
