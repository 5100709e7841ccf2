/** `dps-emulator tutorial` as a newcomer runs it: with the official SDK, and installed without it, in a process of its own. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../cli/program.ts';
import type { TutorialDocument } from '../../cli/tutorial/document.ts';
import { terminalNarrator } from '../../cli/tutorial/narrate.ts';
import { playTutorial } from '../../cli/tutorial/play.ts';
import { startLocalHost } from '../../webhook/host/local-host.ts';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import { collected } from './support/command.ts';
import { type Ran, ranWith } from './support/in-process.ts';

const root = join(import.meta.dirname, '../..');

/** In this process, with the environment of this one. */
function run(args: readonly string[]): Promise<Ran> {
  return ranWith({}, () => runProgram(['tutorial', ...args]));
}

const LADDER = [0, 1, 11, 30, 58, 95, 141, 196, 260, 333, 415];

describe.concurrent('tutorial', () => {
  it.concurrent('provisions both devices with the official SDK, provokes all six rows, and tells of it', async () => {
    let played: TutorialDocument | undefined;
    const { code, stdout, stderr } = await ranWith({}, async () => {
      played = await playTutorial({ webhook: undefined, narrator: terminalNarrator() });
      return 0;
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('webhook called 11 times, at 0 1 11 30 58 95 141 196 260 333 415 s\n');
    expect(stdout).toMatch(/webhook \| .*\[Information\] Request\.Body:\.\.\./);
    expect(stdout).toMatch(/webhook \| .*"iotHubHostName":"contoso-heatpumps-hub-1098\.azure-devices\.net"/);
    expect(stdout).toContain('/api/HttpTrigger1?****');
    expect(stdout).not.toMatch(/code=(?!\*)/);
    const document = JSON.parse(JSON.stringify(played)) as TutorialDocument;
    expect(document.client).toMatchObject({ kind: 'official-sdk', name: 'azure-iot-provisioning-device' });
    expect(document.dps.idScope).toBe('0ne00002193');
    expect(
      document.devices.map(({ registrationId, deviceKey, client, registration, twin }) => [
        registrationId,
        deviceKey,
        client.isRegistered,
        registration.assignedHub,
        twin?.tags,
        (twin?.properties as { desired?: unknown } | undefined)?.desired,
      ]),
    ).toEqual([
      [
        'breakroom499-contoso-tstrsd-007',
        'JC8F96eayuQwwz+PkE7IzjH2lIAjCUnAa61tDigBnSs=',
        true,
        'contoso-toasters-hub-1098.azure-devices.net',
        { deviceType: 'toaster' },
        { state: 'ready', darknessSetting: 'medium' },
      ],
      [
        'mainbuilding167-contoso-hpsd-088',
        '6uejA9PfkQgmYylj8Zerp3kcbeVrGZ172YLa7VSnJzg=',
        true,
        'contoso-heatpumps-hub-1098.azure-devices.net',
        { deviceType: 'heatpump' },
        { state: 'on', temperatureSetting: '65' },
      ],
    ]);
    expect(document.devices[0]?.webhook?.request).toMatchObject({
      deviceRuntimeContext: {
        payload: { MyDeviceFirmwareVersion: '12.0.2.5', MyDeviceProvisioningVersion: '1.0.0.0' },
      },
    });
    expect(
      document.troubleshooting.map((row) => [
        row.registrationStatus,
        row.errorCode,
        row.client.error ?? 'registered',
        row.cDevice.result,
        row.callsAtSeconds,
      ]),
    ).toEqual([
      ['assigned', null, 'registered', 'PROV_DEVICE_RESULT_OK', [0]],
      [
        'failed',
        400208,
        'ProvisioningRegistrationFailedError: registration failed',
        'PROV_DEVICE_RESULT_HUB_NOT_SPECIFIED',
        [0],
      ],
      [
        'failed',
        400209,
        'ProvisioningRegistrationFailedError: registration failed',
        'PROV_DEVICE_RESULT_UNAUTHORIZED',
        [0],
      ],
      ['disabled', null, 'SyntaxError: status is disabled', 'PROV_DEVICE_RESULT_DISABLED', []],
      [
        'failed',
        400207,
        'ProvisioningRegistrationFailedError: registration failed',
        'PROV_DEVICE_RESULT_DEV_AUTH_ERROR',
        LADDER,
      ],
      [
        'failed',
        400207,
        'ProvisioningRegistrationFailedError: registration failed',
        'PROV_DEVICE_RESULT_DEV_AUTH_ERROR',
        [0],
      ],
    ]);
    expect(document.ok).toBe(true);
  });
});

describe.concurrent('tutorial --webhook', () => {
  it.concurrent("plays the two devices through the user's own webhook", async () => {
    const host = await startLocalHost({ port: 0 });
    try {
      const { code, stdout } = await run(['--webhook', host.url]);
      expect(code).toBe(0);
      expect(stdout).toContain('webhook | asked     {"enrollmentGroup"');
      expect(stdout).not.toContain(host.key);
    } finally {
      await host.stop();
    }
  });

  it.concurrent('exits 1 and says why when the webhook refuses the devices', async () => {
    const standIn = await startStandIn([{ kind: 'text', status: 403, text: 'no' }]);
    try {
      const { code, stdout } = await run(['--webhook', standIn.url]);
      expect(code).toBe(1);
      expect(stdout).toContain('failed 400207 Custom allocation failed with status code: 403');
      expect(stdout).toContain('the webhook answered 403');
    } finally {
      await standIn.stop();
    }
  });
});

describe.concurrent('tutorial where the official SDK is not installed', () => {
  let folder = '';
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.concurrent('uses the built-in wire device, says so, and shows how to install the SDK', async () => {
    folder = await mkdtemp(join(tmpdir(), 'dps-emulator-without-sdk-'));
    const installed = join(folder, 'node_modules');
    await mkdir(join(installed, 'dps-emulator'), { recursive: true });
    await cp(join(root, 'dist'), join(installed, 'dps-emulator/dist'), { recursive: true });
    await cp(join(root, 'package.json'), join(installed, 'dps-emulator/package.json'));
    await linkDependencies(installed);
    const command = join(installed, 'dps-emulator/dist/cli/main.js');
    const { code, stdout } = await collected(
      spawn(process.execPath, [command, 'tutorial', '--json'], { cwd: tmpdir(), stdio: 'pipe' }),
    );
    const document = JSON.parse(stdout) as TutorialDocument;
    expect(document.client.kind).toBe('wire-device');
    expect(document.client.hint).toContain('npm install azure-iot-provisioning-device');
    expect(document.ok).toBe(true);
    expect(code).toBe(0);
  });
});

/** The runtime dependencies as links, the SDK's packages left out. */
async function linkDependencies(target: string): Promise<void> {
  const { dependencies } = createRequire(import.meta.url)('../../package.json') as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(target, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(target, name));
  }
  expect((await readdir(target)).some((name) => name.startsWith('azure-iot'))).toBe(false);
  expect(await readFile(join(target, 'dps-emulator/package.json'), 'utf8')).toContain('"dps-emulator"');
}
