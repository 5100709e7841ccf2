/** What became of devices, by lines of the Azure CLI: registrations at the service, devices and twins at their hubs. */
import { describe, expect, it } from 'vitest';
import { CONTOSO_GROUP } from '../../../emulator/wire/contoso.ts';
import { azShells } from './support/az-line.ts';

const azShell = azShells();
const DPS = 'contoso-provisioning-service-1098';
const TOASTER = 'breakroom499-contoso-tstrsd-007';
const OTHER_TOASTER = 'kitchen-contoso-tstrsd-007';
const HUB = 'contoso-toasters-hub-1098';
const HUB_HOST = `${HUB}.azure-devices.net`;
const REGISTRATION = ['iot', 'dps', 'enrollment-group', 'registration'];
const OWN = ['iot', 'dps', 'enrollment', 'registration'];
const IDENTITY = ['iot', 'hub', 'device-identity'];

async function shellWithDevices() {
  const shell = await azShell();
  const { json } = shell;
  const register = (id: string, ...words: string[]) =>
    json('iot', 'device', 'registration', 'create', '-n', DPS, '--rid', id, ...words);
  for (const id of [TOASTER, OTHER_TOASTER]) await register(id, '--gid', CONTOSO_GROUP);
  const edge = ['--at', 'symmetricKey', '--ap', 'static', '--ih', HUB_HOST, '--ee', '--tags', '{"place":"hall"}'];
  await json('iot', 'dps', 'enrollment', 'create', '-n', DPS, '--eid', 'edge-1', ...edge);
  await register('edge-1');
  return shell;
}

describe('registrations', () => {
  it('of a group are listed, up to --top, under their older name too', async () => {
    const { json } = await shellWithDevices();
    const list = [...REGISTRATION, 'list', '--dps-name', DPS, '--enrollment-id', CONTOSO_GROUP];
    const all = (await json(...list)) as { registrationId: string }[];
    expect(all).toMatchObject([
      { registrationId: TOASTER, status: 'assigned', assignedHub: HUB_HOST, substatus: 'initialAssignment' },
      { registrationId: OTHER_TOASTER },
    ]);
    expect(await json(...list, '--top', '1')).toEqual(all.slice(0, 1));
    expect(await json('iot', 'dps', 'registration', 'list', '-n', DPS, '--gid', CONTOSO_GROUP)).toEqual(all);
  });

  it('are shown and deleted one by one, by whichever group of verbs', async () => {
    const { az, json } = await shellWithDevices();
    const shown = (await json(...REGISTRATION, 'show', '-n', DPS, '--registration-id', TOASTER)) as { etag: string };
    expect(shown).toMatchObject({ registrationId: TOASTER, deviceId: TOASTER, etag: expect.any(String) });
    const one = ['-n', DPS, '--rid', TOASTER];
    expect(await az(...REGISTRATION, 'delete', ...one, '--etag', 'other')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ERROR: \(412\d{3}\)/),
    });
    expect(await json(...REGISTRATION, 'delete', ...one, '--etag', shown.etag)).toBeUndefined();
    expect(await az(...REGISTRATION, 'show', ...one)).toMatchObject({ code: 3, stdout: '' });

    const own = ['-n', DPS, '--enrollment-id', 'edge-1'];
    expect(await json(...OWN, 'show', ...own)).toMatchObject({ registrationId: 'edge-1', status: 'assigned' });
    expect(await json(...OWN, 'delete', ...own)).toBeUndefined();
    expect(await az(...OWN, 'show', ...own)).toMatchObject({ code: 3 });
  });

  it('show why a device has no hub', async () => {
    const { az, json } = await azShell();
    await az('iot', 'device', 'registration', 'create', '-n', DPS, '--gid', CONTOSO_GROUP, '--rid', 'unknown');
    const query = ['--query', '{status: status, code: errorCode}'];
    expect(await json(...REGISTRATION, 'show', '-n', DPS, '--rid', 'unknown', ...query)).toEqual({
      status: 'failed',
      code: 400207,
    });
  });
});

describe('devices at a hub', () => {
  it('are shown with their keys and their hub, by the name of the hub, its host, or a connection string', async () => {
    const { json, emulator } = await shellWithDevices();
    const device = await json(...IDENTITY, 'show', '--hub-name', HUB, '--device-id', TOASTER);
    expect(device).toMatchObject({
      deviceId: TOASTER,
      hub: HUB_HOST,
      status: 'enabled',
      authentication: { type: 'sas', symmetricKey: { primaryKey: expect.any(String) } },
    });
    const login = (await emulator.connectionStrings()).hubs.find(({ host }) => host === HUB_HOST)?.connectionString;
    for (const at of [
      ['-n', HUB_HOST],
      ['-n', HUB, '-g', 'dps-emulator'],
      ['--login', login ?? ''],
    ]) {
      expect(await json(...IDENTITY, 'show', ...at, '-d', TOASTER)).toEqual(device);
    }
  });

  it('are listed as twins, up to --top, IoT Edge devices alone if asked', async () => {
    const { az, json } = await shellWithDevices();
    const list = [...IDENTITY, 'list', '--hub-name', HUB];
    const ids = ['--query', '[].deviceId'];
    const all = [TOASTER, OTHER_TOASTER, 'edge-1'];
    expect(await json(...list, ...ids)).toEqual(all);
    expect(await json(...list, '--top', '-1', ...ids)).toEqual(all);
    expect(await json(...list, '--top', '2', ...ids)).toEqual(all.slice(0, 2));
    expect(await json(...list, '--edge-enabled', ...ids)).toEqual(['edge-1']);
    expect(await json(...list, '--ee', '--top', '1', '--query', '[0].tags')).toEqual({ place: 'hall' });
    expect(await json(...IDENTITY, 'list', '-n', 'contoso-heatpumps-hub-1098')).toEqual([]);
    expect(await az(...list, '--top', '0')).toMatchObject({ code: 2, stderr: expect.stringContaining('top must be') });
  });

  it('are printed as rows and as a table', async () => {
    const { az } = await shellWithDevices();
    const list = [
      ...IDENTITY,
      'list',
      '-n',
      HUB,
      '--query',
      '[].{id: deviceId, edge: capabilities.iotEdge, Auth: authenticationType}',
    ];
    expect(await az(...list, '-o', 'tsv')).toEqual({
      code: 0,
      stdout: `${TOASTER}\tFalse\tsas\n${OTHER_TOASTER}\tFalse\tsas\nedge-1\tTrue\tsas\n`,
      stderr: '',
    });
    expect((await az(...list, '-o', 'table')).stdout).toBe(
      'Edge    Auth\n------  ------\nFalse   sas\nFalse   sas\nTrue    sas\n',
    );
    expect((await az(...list, '-o', 'none')).stdout).toBe('');
  });

  it('have twins', async () => {
    const { json } = await shellWithDevices();
    const show = ['iot', 'hub', 'device-twin', 'show', '-n', HUB, '-d'];
    expect(await json(...show, TOASTER)).toMatchObject({
      deviceId: TOASTER,
      tags: { deviceType: 'toaster' },
      properties: { desired: { state: 'ready', darknessSetting: 'medium', $version: expect.any(Number) } },
    });
    expect(await json(...show, 'edge-1', '--query', 'tags.place')).toBe('hall');
  });

  it('are deleted without a word, and their registrations stay', async () => {
    const { az, json } = await shellWithDevices();
    const one = ['-n', HUB, '-d', TOASTER];
    expect(await az(...IDENTITY, 'delete', ...one, '--etag', 'b3RoZXI=')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ErrorCode:PreconditionFailed'),
    });
    const etag = (await json(...IDENTITY, 'show', ...one, '--query', 'etag')) as string;
    expect(await json(...IDENTITY, 'delete', ...one, '-e', etag)).toBeUndefined();
    expect(await json(...IDENTITY, 'delete', '-n', HUB, '-d', 'edge-1')).toBeUndefined();
    for (const verb of [
      [...IDENTITY, 'show'],
      [...IDENTITY, 'delete'],
      ['iot', 'hub', 'device-twin', 'show'],
    ]) {
      expect(await az(...verb, ...one)).toMatchObject({
        code: 3,
        stdout: '',
        stderr: expect.stringMatching(/^ERROR: ErrorCode:DeviceNotFound;/),
      });
    }
    expect(await json(...REGISTRATION, 'show', '-n', DPS, '--rid', TOASTER, '--query', 'status')).toBe('assigned');
  });

  it('are asked of a hub that must be named and must be there', async () => {
    const { az } = await azShell();
    expect(await az(...IDENTITY, 'list')).toMatchObject({
      code: 2,
      stderr: 'ERROR: Please provide an IoT hub name (--hub-name/-n) or a login (--login/-l).\n',
    });
    expect(await az(...IDENTITY, 'list', '-n', 'nope')).toMatchObject({ code: 3 });
    expect(await az(...IDENTITY, 'show', '-n', HUB)).toMatchObject({
      code: 2,
      stderr: 'ERROR: the following arguments are required: --device-id/-d\n',
    });
  });
});
