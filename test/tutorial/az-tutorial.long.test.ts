/** Every `az` line of the tutorial, in order, in one bash, against the built program. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { run, type Started, start, temporaryHome } from '../cli/support/command.ts';
import { type AzRun, runInBash } from './az-script.ts';
import { GROUP, HEAT_PUMP, PAYLOAD, TOASTER, TUTORIAL_STEPS } from './tutorial-steps.ts';
import { startWebhook } from './webhook-program.ts';

const DEMO_GROUP = 'dps-emulator';

describe('the az lines of the tutorial, one after the other in bash', () => {
  it('run beside the demo with a suffix of the reader, and leave the demo as it was', async () => {
    const home = await temporaryHome();
    const emulator = await start(home);
    // A device of the demo has the same id as one of the tutorial: the two services keep them apart.
    expect(await run(home, ['register', TOASTER])).toMatchObject({ code: 0 });
    const before = await everythingIn(emulator);
    expect(before.groups).toEqual([DEMO_GROUP]);

    const ran = await runInBash(TUTORIAL_STEPS, { home, suffix: 'reader-7', webhookUrl: await demoWebhook(emulator) });
    expectTutorial(ran, 'reader-7');
    const log = emulator.documents.filter(({ kind }) => kind === 'webhook-log').map(({ line }) => String(line));
    expectRequests(log, 'reader-7');

    expect(await everythingIn(emulator)).toEqual(before);
    expect(await run(home, ['register', HEAT_PUMP])).toMatchObject({ code: 0 });
  });

  it('run in an empty emulator with the suffix 1098, the line of the note as it is printed, and leave nothing', async () => {
    const home = await temporaryHome();
    const emulator = await start(home, ['--empty']);
    const webhook = await startWebhook(['--key', 'a-function-key']);

    const ran = await runInBash(TUTORIAL_STEPS, { home, suffix: '1098', webhookUrl: webhook.url });
    expectTutorial(ran, '1098');
    expectRequests(webhook.log(), '1098');

    for (const list of ['iot dps list', 'iot hub list', 'group list']) {
      expect(await run(home, ['az', ...list.split(' ')]), list).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    }
    expect(await everythingIn(emulator)).toEqual({
      setUp: { dps: [], hubs: [] },
      registrations: [],
      devices: {},
      groups: [],
    });
  });
});

function expectTutorial(ran: AzRun, suffix: string): void {
  expect(ran.code, `${ran.lastOutput}\n${ran.stderr}`).toBe(0);
  expect(ran.stderr).toBe('');
  const toasters = `contoso-toasters-hub-${suffix}.azure-devices.net`;
  const heatPumps = `contoso-heatpumps-hub-${suffix}.azure-devices.net`;
  expectResources(ran, suffix, [toasters, heatPumps]);
  expectKeys(ran);

  for (const [output, id, hub] of [
    ['toaster', TOASTER, toasters],
    ['heatpump', HEAT_PUMP, heatPumps],
  ] as const) {
    const lines = ran
      .output(output)
      .split('\n')
      .map((line) => line.trim().replace(/ {2,}/, ': '));
    expect(lines).toEqual(
      expect.arrayContaining(['assigned', `hub: ${hub}`, `device id: ${id}`, 'C SDK: PROV_DEVICE_RESULT_OK']),
    );
  }
  expect(ran.json('registrations')).toMatchObject([
    { registrationId: TOASTER, status: 'assigned', assignedHub: toasters, deviceId: TOASTER },
    { registrationId: HEAT_PUMP, status: 'assigned', assignedHub: heatPumps, deviceId: HEAT_PUMP },
  ]);
  expect(ran.json('toaster_twin')).toMatchObject({
    deviceId: TOASTER,
    tags: { deviceType: 'toaster' },
    properties: { desired: { state: 'ready', darknessSetting: 'medium' }, reported: {} },
  });
  expect(ran.json('heatpump_twin')).toMatchObject({
    deviceId: HEAT_PUMP,
    tags: { deviceType: 'heatpump' },
    properties: { desired: { state: 'on', temperatureSetting: '65' }, reported: {} },
  });
  expect(ran.output('deleted')).toBe('');
}

function expectResources(ran: AzRun, suffix: string, hubs: readonly string[]): void {
  const name = `contoso-provisioning-service-${suffix}`;
  expect(ran.json('group')).toMatchObject({ name: 'contoso-us-resource-group', location: 'westus' });
  expect(ran.json('dps')).toMatchObject({ name, resourceGroup: 'contoso-us-resource-group', location: 'westus' });
  expect(ran.output('ID_SCOPE')).toMatch(/^0ne[0-9A-F]{8}$/);
  expect(ran.json('dps')).toMatchObject({ properties: { idScope: ran.output('ID_SCOPE'), iotHubs: [] } });
  for (const [index, output] of ['toaster_hub', 'heatpump_hub'].entries()) {
    expect(ran.json(output)).toMatchObject({ properties: { hostName: hubs[index] }, sku: { name: 'S1' } });
    const pattern = new RegExp(
      `^HostName=${hubs[index]};SharedAccessKeyName=iothubowner;SharedAccessKey=[A-Za-z0-9+/]+=*$`,
    );
    expect(ran.output(`${output}_connection_string`)).toMatch(pattern);
  }
  expect(ran.json('second_link')).toMatchObject(hubs.map((hub) => ({ name: hub, location: 'westus' })));
  expect(ran.json('enrollment_group')).toMatchObject({
    enrollmentGroupId: GROUP,
    allocationPolicy: 'custom',
    iotHubs: hubs,
    customAllocationDefinition: { apiVersion: '2021-10-01' },
  });
}

/** A line that prints a key prints it as JSON, in quotes. */
function expectKeys(ran: AzRun): void {
  const derived = (id: string): string =>
    createHmac('sha256', Buffer.from(ran.output('ENROLLMENT_GROUP_KEY'), 'base64'))
      .update(id)
      .digest('base64');
  expect(ran.json('toaster_key')).toBe(derived(TOASTER));
  expect(ran.json('heatpump_key')).toBe(derived(HEAT_PUMP));
  expect(ran.json('toaster_key_by_group')).toBe(ran.json('toaster_key'));
}

/** What the function's log shows, as the tutorial's does: the payload of each device and the hubs to choose from. */
function expectRequests(log: readonly string[], suffix: string): void {
  const requests = log.flatMap((line) => {
    const body = /\[Information\] (\{"enrollmentGroup".*\})$/.exec(line)?.[1];
    return body === undefined || !body.includes(`hub-${suffix}.`) ? [] : [JSON.parse(body) as unknown];
  });
  expect(requests).toMatchObject(
    [TOASTER, HEAT_PUMP].map((registrationId) => ({
      enrollmentGroup: { enrollmentGroupId: GROUP },
      deviceRuntimeContext: { registrationId, payload: PAYLOAD },
      linkedHubs: [
        `contoso-toasters-hub-${suffix}.azure-devices.net`,
        `contoso-heatpumps-hub-${suffix}.azure-devices.net`,
      ],
    })),
  );
}

async function demoWebhook(emulator: Started): Promise<string> {
  const { dps } = (await ask(emulator, '/set-up')) as {
    readonly dps: readonly {
      readonly enrollmentGroups: readonly { readonly customAllocationDefinition: { readonly webhookUrl: string } }[];
    }[];
  };
  return dps[0]?.enrollmentGroups[0]?.customAllocationDefinition.webhookUrl ?? '';
}

/** All that the emulator holds: set-up with its keys, registrations, devices of each hub, resource groups. */
async function everythingIn(emulator: Started) {
  const { hubs } = (await ask(emulator, '/hubs')) as { readonly hubs: readonly { readonly name: string }[] };
  const devices = hubs.map(async ({ name }) => [name, await ask(emulator, `/hubs/${name}/devices?showKeys=true`)]);
  const { value: groups } = (await ask(emulator, '/resource-groups')) as {
    readonly value: readonly { name: string }[];
  };
  const { registrations } = (await ask(emulator, '/registrations')) as { readonly registrations: readonly unknown[] };
  return {
    setUp: await ask(emulator, '/set-up'),
    registrations,
    devices: Object.fromEntries(await Promise.all(devices)) as object,
    groups: groups.map(({ name }) => name),
  };
}

async function ask({ ready }: Started, path: string): Promise<unknown> {
  const response = await fetch(`${ready.control}${path}`);
  expect(response.status, path).toBe(200);
  return response.json();
}
