/** The emulator as a container to be started: configuration in, in the manner of Testcontainers. */
import { GenericContainer, getContainerRuntimeClient, type StartedNetwork } from 'testcontainers';
import { PUBLIC_LISTENERS } from '../emulator/listeners.ts';
import type { ClockMode } from '../emulator/wire/control-api.ts';
import { type ContainerConfig, hasSetUp, hostNamesOf, readContainerConfig } from './container-config.ts';
import { asSeenFromContainer, HOST_GATEWAY } from './host-webhook.ts';
import { StartedDpsEmulatorContainer } from './started-dps-emulator-container.ts';
import { untilHealthy } from './until-healthy.ts';

/** Not below /data: a volume may be mounted there. */
const CONFIG_PATH = '/etc/dps-emulator.json';

/**
 * ```ts
 * const dps = await new DpsEmulatorContainer('dps-emulator').withClock('manual').withWebhook(myWebhookUrl).start();
 * ```
 *
 * Devices are told to poll at once, as in process, unless `withConfig` or `withEnvironment` says otherwise; both set every
 * other option of docs/configuration.md too.
 */
export class DpsEmulatorContainer extends GenericContainer {
  private config: ContainerConfig | string | undefined;
  private webhook: string | undefined;
  private isInNetwork = false;

  /** @param image what `docker build -t dps-emulator .` has built, by its name */
  constructor(image: string) {
    super(image);
    const ports = Object.values(PUBLIC_LISTENERS).map(({ port }) => port);
    this.withExposedPorts(...ports).withWaitStrategy(untilHealthy());
  }

  /** The document of `start --config`, or the path of a JSON file with it on this machine. */
  withConfig(config: ContainerConfig | string): this {
    this.config = config;
    return this;
  }

  /**
   * The webhook that the demo's enrollment group calls, with its `?code=`. One on this machine is reached through the
   * host gateway: on Linux it must listen beyond loopback (`0.0.0.0`), Docker Desktop forwards to loopback too. With a
   * set-up of your own the webhooks are named there, as the container sees them: `http://host.docker.internal:7071/…`.
   */
  withWebhook(url: string): this {
    this.webhook = url;
    return this.withEnvironment({ DPS_EMULATOR_WEBHOOK: asSeenFromContainer(url) });
  }

  /** @param factor emulated seconds per real second, with `scaled` */
  withClock(mode: ClockMode, factor?: number): this {
    return this.withEnvironment({
      DPS_EMULATOR_CLOCK: mode,
      ...(factor !== undefined && { DPS_EMULATOR_CLOCK_FACTOR: String(factor) }),
    });
  }

  /** Makes ids, etags and generated keys repeatable. */
  withSeed(seed: string): this {
    return this.withEnvironment({ DPS_EMULATOR_SEED: seed });
  }

  /**
   * In it, devices reach the emulator by the real names: the global one, the service's own and every hub's. Those given
   * with `withNetworkAliases` stand beside them, and in the server's certificate.
   */
  override withNetwork(network: StartedNetwork): this {
    this.isInNetwork = true;
    return super.withNetwork(network);
  }

  override async start(): Promise<StartedDpsEmulatorContainer> {
    return StartedDpsEmulatorContainer.from(await super.start());
  }

  protected override async beforeContainerCreated(): Promise<void> {
    const config = this.config === undefined ? {} : await readContainerConfig(this.config);
    if (this.webhook !== undefined && hasSetUp(config)) {
      throw new Error("withWebhook: only the demo's group calls it; a set-up of your own names its webhooks itself");
    }
    if (this.config !== undefined) {
      this.withCopyContentToContainer([{ content: JSON.stringify(config), target: CONFIG_PATH }]);
      this.withCommand(['start', '--config', CONFIG_PATH]);
    }
    this.withExtraHosts([HOST_GATEWAY]);
    // The environment counts for more than the document: what the document says must not be lost to a default of ours.
    const { retryAfterSeconds, hostNames = [] } = config.options ?? {};
    if (retryAfterSeconds === undefined && this.environment.DPS_EMULATOR_RETRY_AFTER === undefined) {
      this.withEnvironment({ DPS_EMULATOR_RETRY_AFTER: '0' });
    }
    this.withEnvironment({ DPS_EMULATOR_HOST_NAMES: await this.certificateNames(hostNames) });
    if (this.isInNetwork) {
      const realNames = hostNamesOf(config).filter((name) => !this.networkAliases.includes(name));
      this.withNetworkAliases(...realNames);
    }
  }

  /** By which names, beside the real ones, the emulator is dialled: an engine need not run on this machine. */
  private async certificateNames(inConfig: readonly string[]): Promise<string> {
    const { info } = await getContainerRuntimeClient();
    const given = this.environment.DPS_EMULATOR_HOST_NAMES?.split(',') ?? [];
    return [...new Set([...given, ...inConfig, ...this.networkAliases, info.containerRuntime.host])].join(',');
  }
}
