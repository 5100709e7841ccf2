/** Enrollment groups and individual enrollments: created, shown, listed, changed and deleted by lines of the Azure CLI. */
import { describe, expect, it } from 'vitest';
import { azShells } from './support/az-line.ts';
import { linesAt } from './support/lines-at.ts';

const azShell = azShells();
const DPS = 'contoso-provisioning-service-1098';
const TOASTERS = 'contoso-toasters-hub-1098.azure-devices.net';
const HEATPUMPS = 'contoso-heatpumps-hub-1098.azure-devices.net';
const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER_KEY = Buffer.alloc(64, 8).toString('base64');
const GENERATED = { primaryKey: expect.stringMatching(/^[\w+/]{86}==$/), secondaryKey: expect.any(String) };

interface Kind {
  readonly noun: string;
  readonly group: string;
  readonly idMember: string;
  /** What `create` must be told besides. */
  readonly besides: readonly string[];
  /** What the answer has besides. */
  readonly more: object;
}

const KINDS: readonly Kind[] = [
  { noun: 'an enrollment group', group: 'enrollment-group', idMember: 'enrollmentGroupId', besides: [], more: {} },
  {
    noun: 'an individual enrollment',
    group: 'enrollment',
    idMember: 'registrationId',
    besides: ['--attestation-type', 'symmetrickey'],
    more: { optionalDeviceInformation: {} },
  },
];

describe.each(KINDS)('$noun', ({ group, idMember, besides, more }) => {
  const verbs = async () => {
    const shell = await azShell();
    return { ...shell, ...linesAt(shell, ['iot', 'dps', group], ['--dps-name', DPS]) };
  };

  it('is created with generated keys and with what the CLI sends unasked', async () => {
    const { line } = await verbs();
    expect(await line('create', '--enrollment-id', 'mine', ...besides)).toEqual({
      [idMember]: 'mine',
      attestation: { type: 'symmetricKey', symmetricKey: GENERATED },
      capabilities: { iotEdge: false },
      createdDateTimeUtc: expect.any(String),
      etag: expect.any(String),
      initialTwin: { tags: {}, properties: { desired: {} } },
      lastUpdatedDateTimeUtc: expect.any(String),
      provisioningStatus: 'enabled',
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
      ...more,
    });
  });

  it('is created with everything that its options say', async () => {
    const { line } = await verbs();
    const created = await line(
      ...['create', '--eid', 'mine', ...besides, '--pk', KEY, '--sk', OTHER_KEY, '--ps', 'Disabled'],
      ...['--rp', 'reprovisionandresetdata', '--edge-enabled', '--tags', '{"place":"hall","gone":null}'],
      ...['--props', "{'on': True, 'level': 3, 'who': \"it's me\"}", '--allocation-policy', 'GEOLATENCY'],
      ...['--iot-hubs', TOASTERS, HEATPUMPS],
    );
    expect(created).toMatchObject({
      attestation: { symmetricKey: { primaryKey: KEY, secondaryKey: OTHER_KEY } },
      provisioningStatus: 'disabled',
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false },
      capabilities: { iotEdge: true },
      allocationPolicy: 'geoLatency',
      iotHubs: [TOASTERS, HEATPUMPS],
    });
    expect((created as { initialTwin: unknown }).initialTwin).toEqual({
      tags: { place: 'hall' },
      properties: { desired: { on: true, level: 3, who: "it's me" } },
    });
  });

  it('takes hubs as several words or as one text', async () => {
    const { line } = await verbs();
    const hashed = [...besides, '--ap', 'hashed', '--query', 'iotHubs', '--ih'];
    expect(await line('create', '--eid', 'words', ...hashed, TOASTERS, HEATPUMPS)).toEqual([TOASTERS, HEATPUMPS]);
    expect(await line('create', '--eid', 'text', ...hashed, `${TOASTERS} ${HEATPUMPS}`)).toEqual([TOASTERS, HEATPUMPS]);
  });

  it('shows keys only when they are asked for', async () => {
    const { line } = await verbs();
    const created = (await line('create', '--eid', 'mine', ...besides)) as { attestation: object };
    const shown = await line('show', '--enrollment-id', 'MINE');
    expect(shown).toEqual({ ...created, attestation: { type: 'symmetricKey' } });
    expect(await line('show', '--enrollment-id', 'mine', '--show-keys')).toEqual(created);
    expect(await line('show', '--enrollment-id', 'mine', '--show-keys', 'false')).toEqual(shown);
  });

  it('is listed, oldest first and up to --top, without keys', async () => {
    const { line } = await verbs();
    const ids = ['--query', `[].${idMember}`];
    const before = (await line('list', ...ids)) as string[];
    for (const id of ['one', 'two', 'three']) await line('create', '--eid', id, ...besides);
    expect(await line('list', ...ids)).toEqual([...before, 'one', 'two', 'three']);
    expect(await line('list', '--top', String(before.length + 2), ...ids)).toEqual([...before, 'one', 'two']);
    expect(JSON.stringify(await line('list'))).not.toContain('primaryKey');
  });

  it('keeps at an update what was not given', async () => {
    const { line } = await verbs();
    const created = (await line(
      ...['create', '--eid', 'mine', ...besides, '--tags', '{"a":1}', '--props', '{"b":2}', '--ap', 'static'],
      ...['--iot-hubs', TOASTERS],
    )) as object;
    const updated = await line('update', '--eid', 'mine', '--provisioning-status', 'disabled');
    expect(updated).toEqual({
      ...created,
      provisioningStatus: 'disabled',
      etag: expect.any(String),
      lastUpdatedDateTimeUtc: expect.any(String),
    });
  });

  it('changes at an update what was given', async () => {
    const { line } = await verbs();
    const created = (await line('create', '--eid', 'mine', ...besides, '--tags', '{"a":1}', '--props', '{"b":2}')) as {
      etag: string;
      attestation: { symmetricKey: { secondaryKey: string } };
    };
    const updated = (await line(
      ...['update', '--eid', 'mine', '--etag', created.etag, '--pk', KEY, '--rp', 'never', '--edge-enabled', 'true'],
      ...['--tags', '', '--props', '{"c":3}', '--hn', HEATPUMPS],
    )) as typeof created;
    expect(updated).toMatchObject({
      attestation: { symmetricKey: { primaryKey: KEY, secondaryKey: created.attestation.symmetricKey.secondaryKey } },
      reprovisionPolicy: { updateHubAssignment: false, migrateDeviceData: false },
      capabilities: { iotEdge: true },
      allocationPolicy: 'static',
      iotHubs: [HEATPUMPS],
    });
    expect(updated).toHaveProperty('initialTwin', { tags: {}, properties: { desired: { c: 3 } } });
    expect(updated.etag).not.toBe(created.etag);
  });

  it('keeps at an update the function key that is masked when it is shown', async () => {
    const { line, emulator } = await verbs();
    const url = 'http://127.0.0.1:9/api/f?code=top-secret';
    await line('create', '--eid', 'mine', ...besides, '--ap', 'Custom', '--wh', url, '--av', '2021-10-01');
    const shown = await line('update', '--eid', 'mine', '--av', '2019-03-31', '--query', 'customAllocationDefinition');
    expect(shown).toEqual({ webhookUrl: 'http://127.0.0.1:9/api/f?****', apiVersion: '2019-03-31' });
    const stored = JSON.stringify(await emulator.exportSetUp());
    expect(stored).toContain(`"webhookUrl":"${url}","apiVersion":"2019-03-31"`);
  });

  it('is deleted without a word', async () => {
    const { line, fails } = await verbs();
    await line('create', '--eid', 'mine', ...besides);
    expect(await fails('delete', '--eid', 'mine', '--etag', '"other"')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ERROR: \(412\d{3}\) /),
    });
    expect(await line('delete', '--eid', 'mine')).toBeUndefined();
    expect(await fails('show', '--eid', 'mine')).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('an individual enrollment', () => {
  it('has a device id and information of its own', async () => {
    const shell = await azShell();
    const { line } = linesAt(shell, ['iot', 'dps', 'enrollment'], ['-n', DPS, '--eid', 'mine']);
    const besides = ['--at', 'symmetricKey', '--device-id', 'at-the-hub', '--device-information', '{"colour":"red"}'];
    expect(await line('create', ...besides)).toMatchObject({
      deviceId: 'at-the-hub',
      optionalDeviceInformation: { colour: 'red' },
    });
    expect(await line('update', '--device-id', 'elsewhere', '--info', '{"size":2}')).toMatchObject({
      deviceId: 'elsewhere',
      optionalDeviceInformation: { size: 2 },
    });
  });
});

describe('a provisioning service', () => {
  it('is found by name, by host name, in its group, and by a connection string in its place', async () => {
    const { az, json, emulator } = await azShell();
    const [owner] = (await emulator.connectionStrings()).dps;
    const list = ['iot', 'dps', 'enrollment-group', 'list', '--query', '[].enrollmentGroupId'];
    const ids = await json(...list, '-n', DPS);
    expect(ids).toEqual(['contoso-custom-allocated-devices']);
    expect(await json(...list, '-n', `${DPS}.azure-devices-provisioning.net`)).toEqual(ids);
    expect(await json(...list, '-n', DPS, '-g', 'dps-emulator', '--auth-type', 'login')).toEqual(ids);
    expect(await json(...list, '--login', owner?.connectionString ?? '')).toEqual(ids);
    expect(await az(...list, '-n', DPS, '-g', 'another')).toMatchObject({ code: 3 });
  });

  it('that was made meanwhile has enrollments of its own', async () => {
    const { json } = await azShell();
    await json('group', 'create', '-n', 'mine', '-l', 'westus');
    await json('iot', 'dps', 'create', '-n', 'second-dps', '-g', 'mine');
    const group = ['iot', 'dps', 'enrollment-group'];
    await json(...group, 'create', '-n', 'second-dps', '--gid', 'theirs');
    expect(await json(...group, 'list', '-n', 'second-dps', '--query', '[].enrollmentGroupId')).toEqual(['theirs']);
    expect(await json(...group, 'list', '-n', DPS, '--query', 'length(@)')).toBe(1);
  });

  it('refuses a policy that may only read', async () => {
    const { az, json } = await azShell();
    const create = [
      'iot',
      'dps',
      'policy',
      'create',
      '--dps-name',
      DPS,
      '--policy-name',
      'reader',
      '-r',
      'EnrollmentRead',
    ];
    const { primaryKey } = (await json(...create)) as { primaryKey: string };
    const login = `HostName=${DPS}.azure-devices-provisioning.net;SharedAccessKeyName=reader;SharedAccessKey=${primaryKey}`;
    const group = ['iot', 'dps', 'enrollment-group'];
    expect(await json(...group, 'list', '-l', login)).toHaveLength(1);
    const refused = await az(...group, 'create', '-l', login, '--gid', 'mine');
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^ERROR: \(40[13]\d{3}\) /) });
    expect(refused.stderr).not.toContain(primaryKey);
  });
});
