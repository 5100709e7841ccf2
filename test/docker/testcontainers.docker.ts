import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { GenericContainer, Network, Wait } from 'testcontainers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startSdkRunner } from '../../device/sdk-device.ts';
import { registerDevice } from '../../device/wire-device.ts';
import { startEmulator } from '../../emulator/index.ts';
import { parseConnectionString } from '../../emulator/wire/resource.ts';
import { makeServiceSas } from '../../emulator/wire/sas-token.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import { DpsEmulatorContainer, type SetUp, type StartedDpsEmulatorContainer } from '../../testcontainers/index.ts';
import { startHostWebhook } from './support/host-webhook.ts';
import { runToEnd } from './support/run.ts';
import { hasEngine, subject } from './support/subject.ts';

const TOASTER = 'breakroom499-contoso-tstrsd-007';
const TOASTER_HUB = 'contoso-toasters-hub-1098.azure-devices.net';

const PLANT: SetUp = {
  dps: [
    {
      name: 'plant-dps',
      idScope: '0ne000000A1',
      linkedHubs: ['north.azure-devices.net'],
      enrollments: [{ registrationId: 'pump-01', attestation: { type: 'symmetricKey' } }],
    },
  ],
};

async function deviceOf(dps: StartedDpsEmulatorContainer, transport: DeviceTransport, registrationId = TOASTER) {
  return {
    host: dps.getHost(),
    port: transport === 'mqtt' ? dps.getMqttPort() : dps.getHttpsPort(),
    idScope: dps.getIdScope(),
    registrationId,
    key: await dps.getDeviceKey(registrationId),
    ca: dps.getCaCertificate(),
    transport,
  };
}

/** A TLS connection that asks for the certificate of a name. */
async function greeted(dps: StartedDpsEmulatorContainer, servername: string) {
  const [host = '', port] = [dps.getHost(), dps.getMqttPort()];
  const socket = connect({ host, port, ca: dps.getCaCertificate(), servername });
  await once(socket, 'secureConnect');
  return { socket, authorized: socket.authorized };
}

async function started(container: DpsEmulatorContainer): Promise<StartedDpsEmulatorContainer> {
  const dps = await container.start();
  onTestFinished(async () => void (await dps.stop()));
  return dps;
}

const newContainer = (): DpsEmulatorContainer => new DpsEmulatorContainer(subject().image);

describe.skipIf(!hasEngine())('the Testcontainers module', () => {
  beforeAll(() => {
    process.env.DOCKER_HOST = subject().engineHost;
    // Its cleaner is an image from a registry; these tests stop what they start.
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
    if (subject().publishedOn !== '') process.env.TESTCONTAINERS_HOST_OVERRIDE = subject().publishedOn;
  });

  describe('with the tutorial set up', () => {
    let dps: StartedDpsEmulatorContainer;
    beforeAll(async () => {
      dps = await newContainer().start();
    });
    afterAll(async () => void (await dps?.stop()));
    beforeEach(() => dps.reset());

    it.each([
      'mqtt',
      'mqtt-ws',
      'https',
    ] as const)('serves a device over %s through the mapped port', async (transport) => {
      const result = await registerDevice(await deviceOf(dps, transport));
      expect(result).toMatchObject({ outcome: 'assigned', registrationState: { assignedHub: TOASTER_HUB } });
    });

    it('serves the official SDK through the mapped port', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'dps-ca-'));
      onTestFinished(() => rm(directory, { recursive: true }));
      const caPath = join(directory, 'ca.pem');
      await writeFile(caPath, dps.getCaCertificate());
      const sdk = await startSdkRunner({ caPath });
      onTestFinished(() => sdk.stop());
      const device = await deviceOf(dps, 'mqtt');
      expect(dps.getProvisioningHost()).toBe(`${device.host}:${device.port}`);
      expect(await sdk.register(device)).toMatchObject({ ok: true, registrationState: { assignedHub: TOASTER_HUB } });
      expect(await dps.getTwin(TOASTER_HUB, TOASTER)).toMatchObject({ tags: { deviceType: 'toaster' } });
    });

    it('forgets with reset what has happened and what was seeded', async () => {
      await dps.seed(PLANT);
      await registerDevice(await deviceOf(dps, 'mqtt'));
      expect(await dps.journal.timeline(dps.getIdScope(), TOASTER)).toMatchObject({ registrationId: TOASTER });
      await dps.getDeviceKey('pump-01', { idScope: '0ne000000A1' });
      await dps.reset();
      expect(await dps.journal.timelines()).toEqual([]);
      await expect(dps.getTwin(TOASTER_HUB, TOASTER)).rejects.toThrow('has no device');
      await expect(dps.getDeviceKey('pump-01', { idScope: '0ne000000A1' })).rejects.toThrow('has no ID scope');
    });

    it('gives a connection string that the service API accepts', async () => {
      const answer = await askServiceApi(dps, '/enrollmentGroups/contoso-custom-allocated-devices');
      expect(answer).toMatchObject({ status: 200, body: { enrollmentGroupId: 'contoso-custom-allocated-devices' } });
    });

    it('goes on under its new ports after a restart', async () => {
      await dps.restart();
      expect(await registerDevice(await deviceOf(dps, 'mqtt'))).toMatchObject({ outcome: 'assigned' });
    });
  });

  it('plays the whole retry schedule of a webhook on this machine on the manual clock', async () => {
    const webhook = await startHostWebhook({ status: 503 });
    const dps = await started(
      newContainer().withClock('manual').withWebhook(`http://localhost:${webhook.port}/api?code=x`),
    );
    const device = await deviceOf(dps, 'mqtt');
    const registration = registerDevice(device);
    await dps.clock.untilSleeping(1);
    expect(await dps.clock.advance(415_000)).toMatchObject({ woken: 10 });
    expect(await registration).toMatchObject({ outcome: 'failed', errorCode: 400207 });
    expect(webhook.requests).toHaveLength(11);
    const timeline = await dps.journal.timeline(device.idScope, TOASTER);
    expect(timeline?.entries.filter(({ event }) => event.kind === 'webhook-attempt')).toHaveLength(11);
  });

  it('holds the set-up it was given, with the keys that its seed makes', async () => {
    const dps = await started(newContainer().withConfig(PLANT).withSeed('plant'));
    const inProcess = await startEmulator({ setUp: PLANT, seed: 'plant' });
    onTestFinished(() => inProcess.stop());
    const [instance] = (await inProcess.exportSetUp()).dps ?? [];
    expect(dps.getIdScope()).toBe('0ne000000A1');
    expect(await dps.getDeviceKey('pump-01')).toBe(instance?.enrollments?.[0]?.attestation.symmetricKey?.primaryKey);
    const result = await registerDevice(await deviceOf(dps, 'mqtt', 'pump-01'));
    expect(result).toMatchObject({ registrationState: { assignedHub: 'north.azure-devices.net' } });
  });

  it('holds the options of its document, and goes by the names that they add', async () => {
    const options = { retryAfterSeconds: 1, hostNames: ['plant.local'] };
    const dps = await started(newContainer().withConfig({ ...PLANT, options }));
    const { socket, authorized } = await greeted(dps, 'plant.local');
    socket.destroy();
    expect(authorized).toBe(true);
    const replies: (number | undefined)[] = [];
    await registerDevice({
      ...(await deviceOf(dps, 'mqtt', 'pump-01')),
      onStatus: (event) => {
        if (event.kind === 'reply' && event.reply.step === 'register') replies.push(event.reply.retryAfterSeconds);
      },
    });
    expect(replies).toEqual([1]);
  });

  it('serves a device image in its network by the real host name', async () => {
    const network = await new Network().start();
    onTestFinished(async () => void (await network.stop()));
    const dps = await started(newContainer().withNetwork(network).withNetworkAliases('emulator'));
    const device = await new GenericContainer(subject().deviceImage)
      .withNetwork(network)
      .withEnvironment({
        PROVISIONING_HOST: 'global.azure-devices-provisioning.net',
        PROVISIONING_IDSCOPE: dps.getIdScope(),
        REGISTRATION_ID: TOASTER,
        SYMMETRIC_KEY: await dps.getDeviceKey(TOASTER),
        CONTROL_URL: 'http://emulator:8980',
        NODE_EXTRA_CA_CERTS: '/home/ca.pem',
      })
      .withCopyContentToContainer([{ content: dps.getCaCertificate(), target: '/home/ca.pem' }])
      .withWaitStrategy(Wait.forLogMessage(`${TOASTER}: twin {"tags":{"deviceType":"toaster"}`))
      .start();
    await device.stop();
  });

  it('is the door dps-emulator/testcontainers of the package', async () => {
    const program = `
      import { DpsEmulatorContainer } from 'dps-emulator/testcontainers';
      const dps = await new DpsEmulatorContainer('${subject().image}').start();
      console.log(dps.getIdScope());
      await dps.stop();`;
    const ended = await runToEnd(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: subject().repository,
    });
    expect(ended).toMatchObject({ exitCode: 0, stdout: '0ne00002193\n' });
  });

  it('says why an emulator does not start, in its own words', async () => {
    const dps = newContainer().withConfig({ dps: [{ name: 'plant-dps', idScope: 'no scope' }] });
    await expect(dps.start()).rejects.toThrow(/The emulator ended with 2: .*dps\[0\]\.idScope/);
  });

  it('refuses a webhook beside a set-up, which names its own', async () => {
    const dps = newContainer().withConfig(PLANT).withWebhook('http://localhost:7071/');
    await expect(dps.start()).rejects.toThrow('names its webhooks itself');
  });
});

/** As a service SDK asks: the token's resource is the host name of the connection string. */
async function askServiceApi(
  dps: StartedDpsEmulatorContainer,
  path: string,
): Promise<{ status: number; body: unknown }> {
  const credential = parseConnectionString(await dps.getServiceConnectionString());
  if (credential === undefined) throw new Error('no connection string');
  const authorization = makeServiceSas(credential, Math.floor(Date.now() / 1000) + 60);
  return new Promise((resolve, reject) => {
    const asked = request(
      `https://${credential.host}${path}?api-version=2021-10-01`,
      { headers: { authorization }, ca: dps.getCaCertificate() },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
      },
    );
    asked.on('error', reject).end();
  });
}
