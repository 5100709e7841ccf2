import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deriveDeviceKey } from '../../emulator/index.ts';
import { CONTOSO_GROUP_KEY } from '../../emulator/wire/contoso.ts';
import { hostNamesOf } from '../../testcontainers/container-config.ts';
import { composeConfig, composeUp } from './support/compose.ts';
import { dockerCli } from './support/docker-cli.ts';
import { startHostWebhook } from './support/host-webhook.ts';
import { hasEngine, subject } from './support/subject.ts';

const TOASTER = 'breakroom499-contoso-tstrsd-007';
const HEAT_PUMP = 'mainbuilding167-contoso-hpsd-088';
const HEAT_PUMP_HUB = 'contoso-heatpumps-hub-1098.azure-devices.net';

const hasCompose = hasEngine() && subject().compose.length > 0;
if (hasEngine() && !hasCompose)
  console.log('test:docker: compose is skipped: neither docker compose nor docker-compose');

describe.skipIf(!hasCompose)('docker-compose.yml', () => {
  it('is understood, and gives the emulator every real name of the tutorial', async () => {
    const config = await composeConfig();
    for (const name of hostNamesOf({})) expect(config).toContain(`- ${name}\n`);
  });

  it('provisions the toaster by the real host name, with our webhook', async () => {
    const { exitCode, stdout } = await composeUp();
    expect(stdout).toContain(
      `${TOASTER}: assigned, hub contoso-toasters-hub-1098.azure-devices.net, device id ${TOASTER}`,
    );
    expect(stdout).toContain(`${TOASTER}: twin {"tags":{"deviceType":"toaster"}`);
    expect(stdout).toMatch(/webhook[-_]1.*Executing 'Functions\.HttpTrigger1'/);
    expect(exitCode).toBe(0);
  });

  it('provisions the heat pump, named by its id and key', async () => {
    const env = { REGISTRATION_ID: HEAT_PUMP, SYMMETRIC_KEY: deriveDeviceKey(CONTOSO_GROUP_KEY, HEAT_PUMP) };
    const { exitCode, stdout } = await composeUp(env);
    expect(stdout).toContain(`${HEAT_PUMP}: assigned, hub ${HEAT_PUMP_HUB}`);
    expect(stdout).toContain(`${HEAT_PUMP}: twin {"tags":{"deviceType":"heatpump"}`);
    expect(exitCode).toBe(0);
  });

  it('ends with an error when the device is refused', async () => {
    const { exitCode, stdout } = await composeUp({ SYMMETRIC_KEY: deriveDeviceKey(CONTOSO_GROUP_KEY, 'another') });
    expect(stdout).toMatch(/breakroom499-contoso-tstrsd-007: (Unauthorized|NotAuthorized)Error/);
    expect(exitCode).toBe(1);
  });

  it('calls a webhook on this machine in place of ours', async () => {
    const webhook = await startHostWebhook({ status: 200, body: { iotHubHostName: HEAT_PUMP_HUB } });
    const WEBHOOK_URL = `http://host.docker.internal:${webhook.port}/api/HttpTrigger1?code=x`;
    const { exitCode, stdout } = await composeUp({ WEBHOOK_URL }, ['device']);
    expect(stdout).toContain(`${TOASTER}: assigned, hub ${HEAT_PUMP_HUB}`);
    expect(exitCode).toBe(0);
    expect(webhook.requests).toHaveLength(1);
    expect(stdout).not.toMatch(/webhook[-_]1/);
  });

  it('starts a webhook image of the user in place of ours with the profile own-webhook', async () => {
    const WEBHOOK_IMAGE = await buildOwnWebhook();
    const env = { WEBHOOK_IMAGE, WEBHOOK_URL: 'http://own-webhook/api/HttpTrigger1?code=x' };
    const { exitCode, stdout } = await composeUp(env, ['own-webhook', 'device']);
    expect(stdout).toContain(`${TOASTER}: twin {"tags":{"allocatedBy":"own-webhook"}`);
    expect(exitCode).toBe(0);
  });
});

async function buildOwnWebhook(): Promise<string> {
  const { docker } = dockerCli(subject().engineHost);
  const tag = `dps-own-webhook:test-${process.pid}`;
  await docker('build', '--quiet', '--tag', tag, join(import.meta.dirname, 'own-webhook'));
  onTestFinished(async () => void (await docker('image', 'rm', '--force', tag)));
  return tag;
}
