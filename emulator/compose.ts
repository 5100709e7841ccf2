/** The composition root: gives an engine its listeners, its certificates, the bundled webhook and the control API. */
import { homedir } from 'node:os';
import { type EffectiveOptions, resolveOptions } from './config.ts';
import { startControlServer } from './control/server.ts';
import { checkSetUp } from './core/set-up/check-set-up.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';
import { createEngine, type Engine, type EngineParts, type ReplaceIn } from './engine.ts';
import { bindFirstFree, type Moved, type PortChoice, startListeners } from './listen.ts';
import { DEVICE_LISTENERS, LISTENERS, type ListenerName, type PortOption, type Served } from './listeners.ts';
import type { DpsBroker } from './mqtt/dps-broker.ts';
import { noticesOf } from './notices.ts';
import { createOwnPlaces } from './own-places.ts';
import { realTime } from './real-time.ts';
import { checkWebhookCa, readTrust, trustedByWebhookClient } from './trust.ts';
import { contosoSetUp } from './wire/contoso.ts';
import { maskLogLine, maskText } from './wire/mask.ts';
import type { SetUp } from './wire/set-up.ts';

/** The parts of a composition that may be replaced as they are made. */
export interface Parts extends EngineParts {
  readonly broker: DpsBroker;
}

export type Replace = ReplaceIn<Parts>;

/** @param replace what the harness's mutants are made with; everybody else leaves it out */
export async function compose(
  given: EmulatorOptions,
  surface: 'command' | 'in-process',
  replace: Replace = (_name, part) => part,
): Promise<Emulator> {
  // What has been started is stopped again, newest first, when a later part cannot start.
  const started: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of started.splice(0).reverse()) await one();
  };
  try {
    return { ...(await start({ given, surface, replace, started })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Start {
  readonly given: EmulatorOptions;
  readonly surface: 'command' | 'in-process';
  readonly replace: Replace;
  /** What stops the parts, oldest first. */
  readonly started: (() => Promise<void>)[];
}

// Long because it is one list: part after part, each made of those before it.
async function start({ given, surface, replace, started }: Start): Promise<Omit<Emulator, 'stop'>> {
  const { setUp, setUpSource = 'setUp', webhookLog, onBug, ...givenOptions } = given;
  const options = resolveOptions(givenOptions, surface);
  await checkWebhookCa(options);
  // There is nothing to be masked by before there is an engine.
  const shown: { mask: (text: string) => string } = { mask: maskText };
  const reportBug = onBug ?? ((error: unknown, where: string) => printBug(shown.mask(bugText(error, where))));
  const log = webhookLog && ((line: string) => webhookLog(shown.mask(maskLogLine(line))));
  const webhook = setUp === undefined ? await demoWebhook(options, log, started) : undefined;
  const checkedSetUp = await setUpFor(setUp, setUpSource, webhook?.url);
  const trust = await readTrust(options, { env: process.env, platform: process.platform, home: homedir() });
  const own = createOwnPlaces();
  const engine = await createEngine({
    options,
    setUp: checkedSetUp,
    realTime,
    webhookTrust: () => trustedByWebhookClient(trust.ca, options.webhookCa),
    mayRedirectTo: own.isElsewhere,
    reportBug,
    replace,
  });
  started.push(engine.stop);
  const security = await trust.secure(await engine.state.hubs.names(), {
    journal: engine.state.journal,
    connections: engine.connections,
    reportBug,
  });
  shown.mask = engine.state.masker.text;
  const choose = (name: ListenerName): PortChoice => {
    const option: PortOption = `${name}Port`;
    return { port: options[option], isMovable: surface === 'command' && givenOptions[option] === undefined };
  };
  const { addresses, ...listeners } = await startListeners({
    rows: DEVICE_LISTENERS,
    host: options.host,
    security,
    choose,
    served: servedBy(engine, replace),
  });
  started.push(listeners.stop);
  const { host, port: mqttPort } = addresses.mqtt;
  const around = {
    ca: trust.ca,
    webhookUrl: webhook?.url,
    endpoints: { ...addresses, provisioningHost: `${host}:${mqttPort}` },
  };
  const control = await bindFirstFree(LISTENERS.control, choose('control'), (port) =>
    startControlServer({
      state: engine.state,
      connections: engine.connections.list,
      around,
      host: options.controlHost,
      port,
      reportBug,
    }),
  );
  started.push(control.listener.stop);
  own.add([...Object.values(addresses).map(({ port }) => port), Number(new URL(control.listener.url).port)]);
  const moved = [...listeners.moved, ...control.moved, ...(webhook?.moved ?? [])];
  return {
    ...engine.state,
    ...around,
    endpoints: { ...around.endpoints, control: control.listener.url },
    notices: noticesOf({ options, moved, warnings: trust.warnings }),
  };
}

function servedBy(engine: Engine, replace: Replace): Served {
  const { state, ports } = engine;
  const { assumptions } = ports.settings;
  return {
    ...engine,
    journal: state.journal,
    replyDelayMs: state.options.replyDelayMs,
    assumptions,
    bodyWithoutContentType: assumptions['body-without-content-type'],
    replaceBroker: (broker) => replace('broker', broker),
    reportBug: ports.reportBug,
  };
}

/** The user's own webhook, or the bundled one in this very process. */
async function demoWebhook(
  options: EffectiveOptions,
  log: EmulatorOptions['webhookLog'],
  started: Start['started'],
): Promise<{ readonly url: string; readonly moved: readonly Moved[] }> {
  if (options.webhook !== undefined) return { url: options.webhook, moved: [] };
  const { startLocalHost } = await import('../webhook/host/local-host.ts');
  const host = await startLocalHost({
    port: options.webhookPort,
    ...(log !== undefined && { log }),
  });
  started.push(() => host.stop());
  const { webhookPort: from } = options;
  const hasMoved = from !== 0 && host.port !== from;
  return {
    url: host.url,
    moved: hasMoved ? [{ row: LISTENERS.webhook, from, to: host.port, missed: 'taken' }] : [],
  };
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

function bugText(error: unknown, where: string): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `dps-emulator: internal error in ${where}; please report it\n${text}\n`;
}

function printBug(text: string): void {
  process.stderr.write(text);
}
