/** The emulator in a container that runs: where devices dial, whom they trust, and the ways to look inside and move time. */
import { AbstractStartedContainer, type StartedTestContainer } from 'testcontainers';
import { type ControlClient, createControlClient } from '../client/control-client.ts';
import { credentialIn } from '../client/device-credential.ts';
import { PUBLIC_LISTENERS } from '../emulator/listeners.ts';
import { connectionString, DPS_OWNER } from '../emulator/wire/access-policy.ts';
import type { ReadyAnswer } from '../emulator/wire/control-api.ts';
import type { HubTwin } from '../emulator/wire/hub-device.ts';
import type { SetUp } from '../emulator/wire/set-up.ts';
import { type ContainerClock, type ContainerJournal, containerClock, containerJournal } from './remote-control.ts';

export interface DeviceKeyOptions {
  /** Where to look when several ID scopes could take the device. */
  readonly idScope?: string;
}

export class StartedDpsEmulatorContainer extends AbstractStartedContainer {
  readonly clock: ContainerClock = containerClock(() => this.control());
  readonly journal: ContainerJournal = containerJournal(() => this.control());
  private readonly ready: Pick<ReadyAnswer, 'idScopes'>;
  private readonly caCertificate: string;

  private constructor(started: StartedTestContainer, ready: Pick<ReadyAnswer, 'idScopes'>, caCertificate: string) {
    super(started);
    this.ready = ready;
    this.caCertificate = caCertificate;
  }

  /** Asks the container for what its getters answer; stops it when it does not say. */
  static async from(started: StartedTestContainer): Promise<StartedDpsEmulatorContainer> {
    try {
      const ready = await clientOf(started).ready();
      const { exitCode, output } = await started.exec(['cat', ready.ca.certificatePath]);
      if (exitCode !== 0) throw new Error(`The CA certificate cannot be read: ${output}`);
      return new StartedDpsEmulatorContainer(started, ready, output);
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  /** The first ID scope of the set-up that it started with. */
  getIdScope(): string {
    const [idScope] = this.ready.idScopes;
    if (idScope !== undefined) return idScope;
    throw new Error('The emulator started without an ID scope: give it one with withConfig, or seed one and use that.');
  }

  /** `host:port` of MQTT over TLS as this machine reaches it: what the Node SDK's MQTT transport takes. */
  getProvisioningHost(): string {
    return `${this.getHost()}:${this.getMqttPort()}`;
  }

  getMqttPort(): number {
    return this.getMappedPort(PUBLIC_LISTENERS.mqtt.port);
  }

  /** HTTPS, MQTT over WebSocket and the service API. */
  getHttpsPort(): number {
    return this.getMappedPort(PUBLIC_LISTENERS.https.port);
  }

  getControlPort(): number {
    return this.getMappedPort(PUBLIC_LISTENERS.control.port);
  }

  /** The control API (docs/control-api.md), for what has no method here. */
  getControlUrl(): string {
    return urlOf(this);
  }

  /** PEM, to be trusted by devices and back ends. */
  getCaCertificate(): string {
    return this.caCertificate;
  }

  /**
   * The device's own key, base64: that of its individual enrollment, else derived from the group's.
   * @throws when the set-up gives neither
   */
  async getDeviceKey(registrationId: string, { idScope }: DeviceKeyOptions = {}): Promise<string> {
    return credentialIn(await this.control().setUp(), registrationId, idScope).key;
  }

  /**
   * For a back end on this machine, as the policy that may do everything. SDKs that dial no port but 443 reach the
   * emulator from inside its network only: give the host name that it has there.
   */
  async getServiceConnectionString(host = `${this.getHost()}:${this.getHttpsPort()}`): Promise<string> {
    const { dps = [] } = await this.control().setUp();
    const policy = dps[0]?.policies?.find(({ keyName }) => keyName === DPS_OWNER);
    if (policy?.primaryKey !== undefined) {
      const { keyName, rights, primaryKey } = policy;
      return connectionString(host, { keyName, rights, primaryKey, secondaryKey: policy.secondaryKey ?? '' });
    }
    throw new Error('The emulator holds no provisioning service: give it one with withConfig, or seed one.');
  }

  /** The twin that an assignment left at its hub. */
  getTwin(hub: string, deviceId: string): Promise<HubTwin> {
    return this.control().twin(hub, deviceId);
  }

  /** Adds to the set-up, all or nothing. */
  async seed(document: SetUp): Promise<void> {
    await this.control().seed(document);
  }

  /** Forgets registrations, hub devices, the journal and what was seeded: as it was at start. The clock goes on. */
  async reset(): Promise<void> {
    await this.control().reset();
  }

  private control(): ControlClient {
    return clientOf(this);
  }
}

type Reachable = Pick<StartedTestContainer, 'getHost' | 'getMappedPort'>;

function urlOf(container: Reachable): string {
  return `http://${container.getHost()}:${container.getMappedPort(PUBLIC_LISTENERS.control.port)}`;
}

function clientOf(container: Reachable): ControlClient {
  return createControlClient({ url: urlOf(container), source: 'the container' });
}
