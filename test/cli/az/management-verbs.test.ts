/** The verbs for groups, services, hubs, links, policies and connection strings. */
import { describe, expect, it } from 'vitest';
import { azLine, azShells } from './support/az-line.ts';

const azShell = azShells();
const GROUP = 'contoso-us-resource-group';
const DPS = 'contoso-provisioning-service-7';
const TOASTERS = 'contoso-toasters-hub-7';
const TOASTERS_HOST = `${TOASTERS}.azure-devices.net`;

async function tutorialShell() {
  const shell = await azShell();
  await shell.json('group', 'create', '--name', GROUP, '--location', 'westus');
  await shell.json('iot', 'dps', 'create', '--name', DPS, '--resource-group', GROUP, '--location', 'westus');
  await shell.json('iot', 'hub', 'create', '--name', TOASTERS, '-g', GROUP, '-l', 'westus', '--sku', 'S1');
  return shell;
}

describe('az group', () => {
  it('creates, shows, finds and lists groups', async () => {
    const { json } = await azShell();
    const created = await json('group', 'create', '-n', 'mine', '-l', 'West US', '--tags', 'a=1', 'b');
    expect(created).toMatchObject({
      id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/mine',
      location: 'westus',
      tags: { a: '1', b: '' },
      properties: { provisioningState: 'Succeeded' },
    });
    expect(await json('group', 'show', '--name', 'MINE')).toEqual(created);
    expect(await json('group', 'exists', '--name', 'mine')).toBe(true);
    expect(await json('group', 'exists', '--name', 'yours')).toBe(false);
    expect(await json('group', 'list', '--query', '[].name')).toEqual(['mine', 'dps-emulator']);
  });

  it('deletes a group with what it holds, after --yes', async () => {
    const { az, json, emulator } = await tutorialShell();
    expect(await az('group', 'delete', '--name', GROUP)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('say --yes'),
    });
    expect(await emulator.idScopes()).toHaveLength(2);
    expect(await az('group', 'delete', '--name', GROUP, '--yes')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await emulator.idScopes()).toEqual(['0ne00002193']);
    expect(await json('iot', 'hub', 'list', '--query', '[].name')).not.toContain(TOASTERS);
  });
});

describe('az iot dps', () => {
  it('makes a service beside the demo, shows, lists, changes and deletes it', async () => {
    const { json, emulator } = await tutorialShell();
    const shown = await json('iot', 'dps', 'show', '--name', DPS, '-g', GROUP);
    expect(shown).toMatchObject({
      name: DPS,
      resourceGroup: GROUP,
      resourcegroup: GROUP,
      type: 'Microsoft.Devices/provisioningServices',
      sku: { name: 'S1', tier: 'Standard', capacity: 1 },
      properties: { allocationPolicy: 'Hashed', state: 'Active' },
    });
    expect(await json('iot', 'dps', 'list', '--query', '[].name')).toEqual(['contoso-provisioning-service-1098', DPS]);
    expect(await json('iot', 'dps', 'list', '-g', GROUP, '--query', '[].name')).toEqual([DPS]);
    const set = ['--set', 'properties.allocationPolicy=geolatency', 'tags.stage=test'];
    expect(await json('iot', 'dps', 'update', '--name', DPS, ...set)).toMatchObject({
      tags: { stage: 'test' },
      properties: { allocationPolicy: 'GeoLatency' },
    });
    await json('iot', 'dps', 'delete', '--name', DPS, '--resource-group', GROUP);
    expect(await emulator.idScopes()).toEqual(['0ne00002193']);
  });

  it('links hubs by connection string and by name, and weighs, shows and unlinks them', async () => {
    const { az, json } = await tutorialShell();
    const show = ['iot', 'hub', 'connection-string', 'show', '--hub-name', TOASTERS, '--key', 'primary'];
    const { stdout } = await az(...show, '--query', 'connectionString', '-o', 'tsv');
    const link = ['iot', 'dps', 'linked-hub', 'create', '--dps-name', DPS, '--resource-group', GROUP];
    const linked = await json(...link, '--location', 'westus', '--connection-string', stdout.trim());
    expect(linked).toEqual([
      {
        name: TOASTERS_HOST,
        location: 'westus',
        allocationWeight: null,
        applyAllocationPolicy: null,
        connectionString: `HostName=${TOASTERS_HOST};SharedAccessKeyName=iothubowner;SharedAccessKey=****`,
      },
    ]);
    expect(await json('iot', 'dps', 'linked-hub', 'list', '--dps-name', DPS)).toEqual(linked);
    const byName = [...link.slice(0, 6), '--hub-name', 'contoso-heatpumps-hub-1098', '--allocation-weight', '4'];
    expect(await json(...byName)).toMatchObject([{}, { allocationWeight: 4 }]);
    const one = ['--dps-name', DPS, '--linked-hub', TOASTERS];
    const update = await json('iot', 'dps', 'linked-hub', 'update', ...one, '--apply-allocation-policy', 'false');
    expect(update).toMatchObject({ name: TOASTERS_HOST, applyAllocationPolicy: false });
    expect(await json('iot', 'dps', 'linked-hub', 'show', ...one)).toEqual(update);
    const left = await json('iot', 'dps', 'linked-hub', 'delete', ...one);
    expect(left).toMatchObject([{ name: 'contoso-heatpumps-hub-1098.azure-devices.net', allocationWeight: 4 }]);
  });

  it('creates, shows, changes and deletes policies, rights in one text or in several', async () => {
    const { json } = await azShell();
    const at = ['--dps-name', 'contoso-provisioning-service-1098'];
    const create = ['iot', 'dps', 'policy', 'create', ...at, '--policy-name', 'reader'];
    const created = await json(...create, '--rights', 'enrollmentread RegistrationStatusRead');
    expect(created).toEqual({
      keyName: 'reader',
      rights: 'EnrollmentRead, RegistrationStatusRead',
      primaryKey: expect.stringMatching(/^[\w+/]{86}==$/),
      secondaryKey: expect.stringMatching(/^[\w+/]{86}==$/),
    });
    expect(await json('iot', 'dps', 'policy', 'show', ...at, '--pn', 'reader')).toEqual(created);
    const update = ['iot', 'dps', 'access-policy', 'update', ...at, '--access-policy-name', 'reader'];
    expect(await json(...update, '-r', 'EnrollmentRead', 'EnrollmentWrite')).toEqual({
      ...(created as object),
      rights: 'EnrollmentRead, EnrollmentWrite',
    });
    const renewed = await json('iot', 'dps', 'policy', 'update', ...at, '--pn', 'reader', '--primary-key', '');
    expect(renewed).toMatchObject({ secondaryKey: (created as { secondaryKey: string }).secondaryKey });
    expect(renewed).not.toMatchObject({ primaryKey: (created as { primaryKey: string }).primaryKey });
    const left = await json('iot', 'dps', 'policy', 'delete', ...at, '--policy-name', 'reader');
    expect(left).toMatchObject([{ keyName: 'provisioningserviceowner' }]);
    expect(await json('iot', 'dps', 'policy', 'list', ...at)).toEqual(left);
  });

  it('lets one of several policies in that are made at once; the others are told', async () => {
    const { emulator } = await azShell();
    const service = 'contoso-provisioning-service-1098';
    const { etag } = await emulator.resources.provisioningServices.get(service, undefined);
    const policies = await emulator.resources.provisioningServices.policies(service, undefined);
    const make = (keyName: string) =>
      emulator.resources.provisioningServices.put(service, {
        etag,
        properties: { authorizationPolicies: [...policies, { keyName, rights: 'EnrollmentRead' }] },
      });
    const made = await Promise.allSettled([make('a'), make('b')]);
    expect(made.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const kept = await emulator.resources.provisioningServices.policies(service, undefined);
    expect(kept.map(({ keyName }) => keyName)).toEqual(['provisioningserviceowner', 'a']);
  });

  it('shows connection strings that the service SDK can use', async () => {
    const { json, emulator } = await azShell();
    const { dps, hubs } = await emulator.connectionStrings();
    expect(await json('iot', 'dps', 'connection-string', 'show', '-n', 'contoso-provisioning-service-1098')).toEqual({
      connectionString: dps[0]?.connectionString,
    });
    expect(await json('iot', 'hub', 'connection-string', 'show', '--query', '[].connectionString')).toEqual(
      hubs.map(({ connectionString }) => connectionString),
    );
    const service = ['iot', 'hub', 'connection-string', 'show', '-n', 'contoso-toasters-hub-1098', '--pn', 'service'];
    const second = (await json(...service, '--kt', 'secondary')) as { connectionString: string };
    expect(second.connectionString).toMatch(/^HostName=[^;]*;SharedAccessKeyName=service;SharedAccessKey=/);
    const all = await json('iot', 'dps', 'connection-string', 'show', '--all', '--query', '[0].connectionString');
    expect(all).toEqual([dps[0]?.connectionString]);
  });
});

const DEMO = 'contoso-provisioning-service-1098';

/** Words, exit code, and what the message says. */
const REFUSED: readonly (readonly [string, number, RegExp])[] = [
  ['group show --name nope', 3, /\(ResourceGroupNotFound\) Resource group 'nope' could not be found/],
  ['group delete --name nope --yes', 3, /'nope' could not be found/],
  ['group create --name a', 2, /the following arguments are required: --location\/-l/],
  ['iot dps create --name my-dps --resource-group nope', 3, /\(ResourceGroupNotFound\)/],
  [`iot dps create --name ${DEMO} -g dps-emulator`, 1, /is not available: .*resource group 'dps-emulator'/],
  ['iot dps create --name my_dps -g dps-emulator', 1, /\(InvalidRequest\) name must be 3 to 64/],
  [
    'iot dps create --name my-dps -g dps-emulator --sku F1',
    2,
    /az iot dps create: 'F1' is not a valid value for '--sku'\. Allowed values: S1\./,
  ],
  ['iot dps show --name nope', 3, /\(ResourceNotFound\).*provisioningServices\/nope' was not found/i],
  [`iot dps update --name ${DEMO}`, 2, /Nothing to change/],
  [`iot dps update --name ${DEMO} --set properties.idScope=x`, 2, /'properties\.idScope' cannot be changed/],
  [
    `iot dps update --name ${DEMO} --set properties.allocationPolicy=custom`,
    2,
    /must be one of Hashed, GeoLatency, Static/,
  ],
  [`iot dps update --name ${DEMO} --set allocationPolicy`, 2, /usage error: --set KEY=VALUE/],
  [`iot dps linked-hub create --dps-name ${DEMO}`, 2, /Please provide the IoT Hub name or connection string/],
  [`iot dps linked-hub create --dps-name ${DEMO} --connection-string abc`, 2, /valid IoT Hub connection string/],
  [`iot dps linked-hub create --dps-name ${DEMO} --hub-name nope`, 3, /IotHubs\/nope' was not found/],
  [
    `iot dps linked-hub create --dps-name ${DEMO} --hub-name contoso-toasters-hub-1098`,
    1,
    /\(DuplicateHub\).*IH400303/,
  ],
  [`iot dps linked-hub update --dps-name ${DEMO} --linked-hub nope`, 3, /Linked hub 'nope' does not exist/],
  [
    `iot dps linked-hub update --dps-name ${DEMO} --linked-hub contoso-toasters-hub-1098 --allocation-weight 1001`,
    1,
    /allocationWeight must be <= 1000/,
  ],
  [
    `iot dps linked-hub update --dps-name ${DEMO} --linked-hub x --allocation-weight many`,
    2,
    /invalid int value: 'many'/,
  ],
  [`iot dps policy show -n ${DEMO} --pn nope`, 3, /Access policy nope doesn't exist/],
  [`iot dps policy create --dps-name ${DEMO} --pn a`, 2, /arguments are required: --rights\/-r/],
  [
    `iot dps policy create --dps-name ${DEMO} --pn a -r Everything`,
    2,
    /'Everything' is not a valid value for '--rights'/,
  ],
  [`iot dps policy create --dps-name ${DEMO} --pn provisioningserviceowner -r EnrollmentRead`, 1, /already exists/],
  [`iot dps policy delete --dps-name ${DEMO} --pn provisioningserviceowner`, 1, /The emulator keeps the policy/],
  [
    `iot dps policy update --dps-name ${DEMO} --pn provisioningserviceowner -r EnrollmentRead`,
    1,
    /keeps the rights of provisioningserviceowner/,
  ],
  [`iot dps policy create --dps-name ${DEMO} --pn a;b -r EnrollmentRead`, 1, /keyName must be 1 to 64 letters/],
  [
    `iot dps policy create --dps-name ${DEMO} --pn a -r EnrollmentRead --primary-key x!`,
    1,
    /primaryKey must be base64/,
  ],
  [`iot dps connection-string show -n ${DEMO} --pn nope`, 3, /No keys found for policy 'nope'/],
  ['iot hub create -n contoso-toasters-hub-1098 -g dps-emulator', 1, /is not available/],
  ['iot hub create -n a -g dps-emulator', 1, /name must be 3 to 50/],
  ['iot hub show -n nope', 3, /IotHubs\/nope' was not found/],
  ['iot hub monitor-events -n x', 2, /not recognized by dps-emulator.*most similar/],
  ['iot dps create --nmae x', 2, /required: --(name|resource-group)/],
];

describe('bad lines', () => {
  it('are refused with the exit code of az and a message, and nothing has changed', async () => {
    const { az, emulator } = await azShell();
    const before = JSON.stringify(await emulator.exportSetUp());
    for (const [line, code, message] of REFUSED) {
      const ended = await az(...line.split(' '));
      expect({ line, ...ended }).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
      expect(ended.stderr).toMatch(/^ERROR: /);
    }
    expect(JSON.stringify(await emulator.exportSetUp())).toBe(before);
  });

  it.each([
    ['group show -n', '--name/--resource-group/-n/-g'],
    ['group delete --yes -n', '--name/--resource-group/-n/-g'],
    ['iot dps show -n', '--name/-n'],
    ['iot dps delete -n', '--name/-n'],
    ['iot dps linked-hub list --dps-name', '--dps-name'],
    ['iot dps connection-string show -n', '--dps-name/-n'],
    ['iot dps enrollment show -n x --eid', '--enrollment-id/--eid'],
    ['iot hub show -n', '--name/-n'],
    ['iot hub device-identity show -n x -d', '--device-id/-d'],
    ['iot hub show -n x -g', '--resource-group/-g'],
  ])('with an empty name are refused: az %s ""', async (line, option) => {
    const { az } = await azShell();
    expect(await az(...line.split(' '), '')).toEqual({
      code: 2,
      stdout: '',
      stderr: `ERROR: argument ${option}: must not be empty; is the variable set?\n`,
    });
  });

  it('end with 1 where no emulator answers, and say how to start one', async () => {
    const ended = await azLine(['group', 'list', '--emulator', 'http://127.0.0.1:9']);
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('npx dps-emulator start') });
  });
});
