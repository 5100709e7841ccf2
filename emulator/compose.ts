/** The composition root: the only file that builds things of different layers and puts them together. */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { createLadder, LADDER_STEPS } from './allocation-webhook/ladder.ts';
import type { EffectiveOptions } from './config.ts';
import { connectionStringsOf } from './connection-strings.ts';
import { startControlServer } from './control/server.ts';
import { resolveAssumptions } from './core/assumptions.ts';
import type { ControllableClock } from './core/clock/clock.ts';
import { createClock } from './core/clock/emulator-clock.ts';
import { explainSas } from './core/dps/attestation/explain-sas.ts';
import { createDpsService } from './core/dps/dps-service.ts';
import { createServiceApi } from './core/enrollments/enrollment-service.ts';
import { createHubs, provisionDevice } from './core/hub/hub-devices.ts';
import { createHubService } from './core/hub/hub-service.ts';
import { createIds } from './core/ids.ts';
import { createJournal } from './core/journal/journal.ts';
import { traceOf } from './core/journal/trace.ts';
import type { Ports } from './core/ports.ts';
import { createResourceManager } from './core/resources/resource-manager.ts';
import { applySetUp, exportSetUp } from './core/set-up/apply-set-up.ts';
import { checkSetUp } from './core/set-up/check-set-up.ts';
import { contosoSetUp } from './core/set-up/contoso.ts';
import { seedSetUp } from './core/set-up/seed-set-up.ts';
import { createMemoryStore } from './core/store/memory/memory-store.ts';
import { createStore, SET_UP_TURN } from './core/store/store.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';
import { addHubRoutes } from './http/hub-routes.ts';
import type { HttpsInstance } from './http/server.ts';
import { addServiceRoutes } from './http/service-routes.ts';
import { bindFirstFree } from './listen.ts';
import { choice, startListeners } from './listeners.ts';
import { noticesOf } from './notices.ts';
import { realTime } from './real-time.ts';
import { type Replace, replaceNothing } from './replaceable-parts.ts';
import { resolveOptions } from './resolve-options.ts';
import { checkWebhookCa, readTrust, trustedByWebhookClient } from './trust.ts';
import { maskLogLine } from './wire/mask.ts';
import type { SetUp } from './wire/set-up.ts';

/** A seeded virtual clock starts here, so that two runs agree on every instant. */
const SEEDED_START_TIME = '2026-01-01T00:00:00.000Z';

/** Where the search goes on when the control port is taken. */
const CONTROL_FALLBACK_FROM = 8981;

/** @param replace what the harness's mutants are made with; everybody else leaves it out */
export async function compose(
  given: EmulatorOptions,
  surface: 'command' | 'in-process',
  replace: Replace = replaceNothing,
): Promise<Emulator> {
  const { setUp: givenSetUp, setUpSource = 'setUp', webhookLog, onBug, ...givenOptions } = given;
  const options = resolveOptions(givenOptions, surface);
  const reportBug = onBug ?? printBug;
  const clock = clockFor(options);
  const ids = createIds(options.seed ?? randomBytes(32));
  const assumptions = resolveAssumptions(options.assume);
  const journal = createJournal({
    now: () => clock.now(),
    timelinesMax: options.journalTimelinesMax,
    entriesPerTimelineMax: options.journalEntriesMax,
  });
  const now = () => clock.now();
  const store = createStore(createMemoryStore());
  const hubPorts = { ids, now };
  const hubs = createHubs(store, hubPorts);

  // What has been started is stopped again, newest first, when a later part cannot start.
  const started: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (const stop of started.splice(0).reverse()) await stop();
  };
  try {
    await checkWebhookCa(options);
    const webhook = givenSetUp === undefined ? await demoWebhook(options, webhookLog, started) : undefined;
    const setUp = await setUpFor(givenSetUp, setUpSource, webhook?.url);
    await store.transaction(SET_UP_TURN, (tx) => applySetUp(setUp, tx, hubPorts));
    const trust = await readTrust(options, await hubs.names(), {
      env: process.env,
      platform: process.platform,
      home: homedir(),
    });

    const ports: Ports = replace('ports', {
      clock,
      credentialNow: options.authClock === 'emulator' ? now : realTime.now,
      ids,
      journal,
      ...store,
      hubs: { provision: (request, tx) => provisionDevice(request, tx, hubPorts) },
      allocateCustom: createLadder({
        steps: replace('ladder', LADDER_STEPS),
        journal,
        assumptions,
        client: {
          realTimeoutMs: options.webhookRealTimeoutMs ?? options.webhookTimeoutMs,
          responseBytesMax: options.webhookResponseBytesMax,
          ca: () => trustedByWebhookClient(trust.ca, options.webhookCa),
          followRedirects: assumptions['webhook-redirect'] === 'follow',
        },
        timeoutMs: options.webhookTimeoutMs,
        isTimeVirtual: () => clock.mode === 'manual' || clock.mode === 'skip',
        realNow: () => performance.now(),
      }),
      settings: {
        retryAfterSeconds: options.retryAfterSeconds,
        operationLifetimeSeconds: options.operationLifetimeSeconds,
        assumptions,
      },
      reportBug,
    });
    const dps = replace('dps', createDpsService(ports));
    started.push(
      async () => clock.stop(),
      () => dps.stop(),
    );

    const isMovable = (name: 'mqttPort' | 'httpsPort' | 'controlPort'): boolean =>
      surface === 'command' && givenOptions[name] === undefined;
    const movable = { mqtt: isMovable('mqttPort'), https: isMovable('httpsPort') };
    const serviceApi = createServiceApi({ ...ports, dps, hubNames: hubs.names });
    const hubService = createHubService({ hubs, ids, now, credentialNow: ports.credentialNow, reportBug });
    const routes = [
      (server: HttpsInstance) =>
        addServiceRoutes(server, {
          serviceApi,
          bodyWithoutContentType: assumptions['body-without-content-type'],
        }),
      (server: HttpsInstance) => addHubRoutes(server, { hubService }),
    ];
    const listeners = await startListeners({
      dps,
      journal,
      options,
      assumptions,
      trust,
      movable,
      routes,
      replace,
      reportBug,
    });
    started.push(() => listeners.stop());

    const resources = createResourceManager({ ...store, ...hubPorts, dps });
    const parts = {
      ca: trust.ca,
      webhookUrl: webhook?.url,
      options,
      clock,
      journal,
      hubs,
      resources,
      idScopes: async () => (await store.instances.list()).map((instance) => instance.idScope),
      registrations: () => store.registrations.list(),
      registration: store.registrations.get,
      trace: () => traceOf(journal.timelines()),
      explainSas: (question: Parameters<Emulator['explainSas']>[0]) => explainSas(question, ports),
      exportSetUp: () => exportSetUp(store),
      connectionStrings: () => connectionStringsOf(store),
      // In turn: a seed is checked against what is there, which must not change before it is applied.
      seed: (document: unknown, source = 'seed') =>
        store.transaction(SET_UP_TURN, (tx) => seedSetUp(document, source, tx, hubPorts)),
      reset: async () => {
        await store.transaction(SET_UP_TURN, async (tx) => {
          tx.clear();
          await applySetUp(setUp, tx, hubPorts);
        });
        await dps.endForgotten();
        journal.clear();
      },
    };
    const endpoints = listeners.endpoints;
    const controlled = { ...parts, stop: stopAll };
    const control = await bindFirstFree(
      choice(options.controlPort, isMovable('controlPort'), CONTROL_FALLBACK_FROM),
      (port) =>
        startControlServer({
          emulator: { ...controlled, endpoints: { ...endpoints, control: '' }, notices: [] },
          host: options.controlHost,
          port,
          reportBug,
        }),
    );
    started.push(() => control.listener.stop());
    return {
      ...controlled,
      endpoints: { ...endpoints, control: control.listener.url },
      notices: noticesOf({ options, listeners, control, webhookMovedTo: webhook?.movedTo, warnings: trust.warnings }),
    };
  } catch (error) {
    clock.stop();
    await stopAll();
    throw error;
  }
}

function clockFor(options: EffectiveOptions): ControllableClock {
  const isVirtual = options.clock === 'manual' || options.clock === 'skip';
  const startTime = options.startTime ?? (options.seed !== undefined && isVirtual ? SEEDED_START_TIME : undefined);
  return createClock({
    mode: options.clock,
    factor: options.clockFactor,
    ...(startTime !== undefined && { startMs: Date.parse(startTime) }),
    realTime,
  });
}

/** The user's own webhook, or the bundled one in this very process. */
async function demoWebhook(
  options: EffectiveOptions,
  log: EmulatorOptions['webhookLog'],
  started: (() => Promise<void>)[],
): Promise<{ readonly url: string; readonly movedTo: number | undefined }> {
  if (options.webhook !== undefined) return { url: options.webhook, movedTo: undefined };
  const { startLocalHost } = await import('../webhook/host/local-host.ts');
  const host = await startLocalHost({
    port: options.webhookPort,
    ...(log !== undefined && { log: (line) => log(maskLogLine(line)) }),
  });
  started.push(() => host.stop());
  const hasMoved = options.webhookPort !== 0 && host.port !== options.webhookPort;
  return { url: host.url, movedTo: hasMoved ? host.port : undefined };
}

async function setUpFor(
  given: SetUp | 'empty' | undefined,
  source: string,
  webhookUrl: string | undefined,
): Promise<SetUp> {
  if (given === 'empty') return {};
  if (given !== undefined) return checkSetUp(given, source);
  return contosoSetUp(webhookUrl ?? '');
}

function printBug(error: unknown, where: string): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`dps-emulator: internal error in ${where}; please report it\n${text}\n`);
}
