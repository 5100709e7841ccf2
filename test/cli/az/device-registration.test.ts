/** `az iot device registration create`: a device that registers, and what a person is told when it is not let in. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { CONTOSO_GROUP, CONTOSO_GROUP_KEY } from '../../../emulator/wire/contoso.ts';
import { startStandIn } from '../../../webhook/stand-in/index.ts';
import { azLine, azShells } from './support/az-line.ts';

const azShell = azShells();
const DPS = 'contoso-provisioning-service-1098';
const ID_SCOPE = '0ne00002193';
const TOASTER = 'breakroom499-contoso-tstrsd-007';
const TOASTER_KEY = 'JC8F96eayuQwwz+PkE7IzjH2lIAjCUnAa61tDigBnSs=';
const TOASTERS = 'contoso-toasters-hub-1098.azure-devices.net';
const CREATE = ['iot', 'device', 'registration', 'create'];
const GROUP = ['iot', 'dps', 'enrollment-group'];
const INDIVIDUAL = ['iot', 'dps', 'enrollment'];

describe('a device', () => {
  it('is assigned, and the answer has the shape of the CLI', async () => {
    const { json } = await azShell();
    expect(await json(...CREATE, '--dps-name', DPS, '--group-id', CONTOSO_GROUP, '--registration-id', TOASTER)).toEqual(
      {
        operationId: expect.stringMatching(/^[45]\.[0-9a-f]{16}\./),
        status: 'assigned',
        registrationState: {
          registrationId: TOASTER,
          deviceId: TOASTER,
          assignedHub: TOASTERS,
          substatus: 'initialAssignment',
          createdDateTimeUtc: expect.any(String),
          lastUpdatedDateTimeUtc: expect.any(String),
          etag: expect.any(String),
          responsePayload: null,
        },
      },
    );
  });

  it.each([
    ['its own key', ['--id-scope', ID_SCOPE, '--key', TOASTER_KEY]],
    ["its group's key", ['--scope', ID_SCOPE, '--symmetric-key', CONTOSO_GROUP_KEY, '--compute-key']],
    [
      "its group's key, and the group besides",
      ['--id-scope', ID_SCOPE, '--gid', CONTOSO_GROUP, '--key', CONTOSO_GROUP_KEY, '--ck'],
    ],
    ['what the group gives it', ['-n', DPS, '--enrollment-group-id', CONTOSO_GROUP, '--compute-key']],
    [
      "the service's own host name",
      ['-n', DPS, '--gid', CONTOSO_GROUP, '--host', `${DPS}.azure-devices-provisioning.net`],
    ],
    [
      'the host of all services',
      ['-n', DPS, '--gid', CONTOSO_GROUP, '--provisioning-host', 'global.azure-devices-provisioning.net'],
    ],
    ['the name by which it is dialled', ['-n', DPS, '--gid', CONTOSO_GROUP, '--host', 'localhost']],
  ])('is assigned with %s', async (_what, words) => {
    const { json } = await azShell();
    const hub = ['--query', 'registrationState.assignedHub'];
    expect(await json(...CREATE, '--rid', TOASTER, ...words, ...hub)).toBe(TOASTERS);
  });

  it('with an enrollment of its own takes the key from there', async () => {
    const { json, emulator } = await azShell();
    const enrollment = ['--at', 'symmetricKey', '--ap', 'static', '--ih', TOASTERS, '--device-id', 'at-the-hub'];
    await json(...INDIVIDUAL, 'create', '-n', DPS, '--eid', 'mine', ...enrollment);
    const login = (await emulator.connectionStrings()).dps[0]?.connectionString ?? '';
    expect(await json(...CREATE, '--login', login, '--rid', 'mine')).toMatchObject({
      registrationState: { deviceId: 'at-the-hub', assignedHub: TOASTERS },
    });
  });

  it('sends its payload to the webhook, and shows what came back', async () => {
    const webhook = await startStandIn([
      { kind: 'json', body: { iotHubHostName: TOASTERS, payload: { hello: 'back' } } },
    ]);
    onTestFinished(() => webhook.stop());
    const { json } = await azShell();
    await json(...GROUP, 'update', '-n', DPS, '--gid', CONTOSO_GROUP, '--webhook-url', webhook.url);
    const payload = ['--payload', "{'modelId': 'dtmi:x;1', 'isNew': True}"];
    const answer = await json(...CREATE, '-n', DPS, '--gid', CONTOSO_GROUP, '--rid', 'any', ...payload);
    expect(answer).toMatchObject({ registrationState: { responsePayload: { hello: 'back' } } });
    expect(webhook.requests[0]?.json()).toMatchObject({
      deviceRuntimeContext: { payload: { modelId: 'dtmi:x;1', isNew: true } },
    });
  });
});

describe('a webhook that wants a key', () => {
  it.each([
    ['without a query', ''],
    ['with a query that is no key', '?clientId=1'],
  ])('is not given one by a URL %s: the next step says how, and helps', async (_what, query) => {
    const key = 'key-of-the-function';
    const webhook = await startStandIn([{ kind: 'json', body: { iotHubHostName: TOASTERS } }], { functionKey: key });
    onTestFinished(() => webhook.stop());
    const { az, json } = await azShell();
    const address = webhook.url.split('?')[0] ?? '';
    await json(...GROUP, 'update', '-n', DPS, '--gid', CONTOSO_GROUP, '--webhook-url', `${address}${query}`);
    const register = [...CREATE, '-n', DPS, '--gid', CONTOSO_GROUP, '--rid', TOASTER];
    const failed = await az(...register);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    const [error, reason, next = '', ...rest] = failed.stderr.split('\n');
    expect(error).toBe('ERROR: Registration failed. (400209) Custom allocation failed with status code: 401');
    expect(reason).toMatch(/^Reason: .*401.*\(1 webhook call\)$/);
    expect(next).toMatch(/^Next: the webhook wants a key and its URL has none: .*authorization level Function/);
    expect(rest).toEqual(['']);

    const [, line = ''] = / dps-emulator az (.*)$/.exec(next) ?? [];
    const url = `${address}?${query === '' ? '' : '…&'}code=<function key>`;
    expect(line).toBe(
      `iot dps enrollment-group update --dps-name ${DPS} --enrollment-id ${CONTOSO_GROUP} --webhook-url '${url}'`,
    );
    const words = line.replace('…&', '').replace('<function key>', key).replaceAll("'", '').split(' ');
    await json(...words);
    expect(await json(...register, '--query', 'status')).toBe('assigned');
  });

  it('and refuses the one it is given is another matter', async () => {
    const webhook = await startStandIn([{ kind: 'status', status: 401 }], { functionKey: 'right' });
    onTestFinished(() => webhook.stop());
    const { az, json } = await azShell();
    const url = webhook.url.replace('right', 'wrong');
    await json(
      ...INDIVIDUAL,
      'create',
      '-n',
      DPS,
      '--eid',
      'mine',
      '--at',
      'symmetrickey',
      '--ap',
      'custom',
      '--wh',
      url,
      '--av',
      '2021-10-01',
    );
    const failed = await az(...CREATE, '-n', DPS, '--rid', 'mine');
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('(400209)') });
    expect(failed.stderr).toContain('Next: see what the webhook was asked and what it answered: dps-emulator log mine');
    expect(failed.stderr).not.toContain('wrong');
  });
});

describe('a device that is not let in', () => {
  it('is told the code, the reason and the next step', async () => {
    const { az, json } = await azShell();
    await json(...INDIVIDUAL, 'create', '-n', DPS, '--eid', 'blocked', '--at', 'symmetricKey', '--ps', 'disabled');
    const stranger = Buffer.alloc(32).toString('base64');
    const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ['blocked', ['-n', DPS], ['Created registration is disabled.', 'Next: enable the enrollment: az iot dps']],
      [
        TOASTER,
        ['--scope', ID_SCOPE, '--key', stranger],
        ['Unauthorized. (401002)', '--compute-key; or leave both away'],
      ],
      [TOASTER, ['--scope', ID_SCOPE, '--key', CONTOSO_GROUP_KEY], ['(401002)', 'Next: add --compute-key:']],
      [
        TOASTER,
        ['--scope', '0ne1', '--key', TOASTER_KEY],
        ['(404201)', 'Next: give --dps-name in place of --id-scope'],
      ],
      ['unknown', ['-n', DPS, '--gid', CONTOSO_GROUP], ['Registration failed. (400207)', 'dps-emulator log unknown']],
    ];
    for (const [id, words, said] of rows) {
      const { code, stdout, stderr } = await az(...CREATE, '--rid', id, ...words);
      expect({ id, code, stdout }).toEqual({ id, code: 1, stdout: '' });
      for (const text of said) expect(stderr).toContain(text);
      expect(stderr).toMatch(/^ERROR: [^\n]*\nReason: [^\n]*\nNext: [^\n]*\n$/);
      for (const key of [stranger, CONTOSO_GROUP_KEY, TOASTER_KEY]) expect(stderr).not.toContain(key);
    }
  });

  it('has no enrollment that its key could be taken from', async () => {
    const { az, json } = await azShell();
    await json(...INDIVIDUAL, 'create', '-n', DPS, '--eid', 'chip', '--at', 'tpm', '--ek', 'AAAA');
    const chip = await az(...CREATE, '-n', DPS, '--rid', 'chip');
    expect(chip).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("'tpm': devices with it are not emulated yet"),
    });
    expect(await az(...CREATE, '-n', DPS, '--rid', 'nobody')).toMatchObject({ code: 3 });
    expect(await az(...CREATE, '-n', DPS, '--rid', 'a', '--gid', 'nope')).toMatchObject({ code: 3 });
    expect(await az(...CREATE, '-n', 'nope', '--rid', 'a')).toMatchObject({ code: 3 });
  });

  it.each([
    [['--rid', 'a'], 'Please provide --id-scope, a DPS name (--dps-name/-n) or a login (--login/-l).'],
    [['--rid', 'a', '--id-scope', '0ne1'], 'Please provide the key (--symmetric-key), or a DPS name'],
    [['--rid', 'a', '-n', DPS, '--ck'], 'Enrollment group id via --group-id is required if --compute-key is used.'],
    [['--rid', 'a', '-n', DPS, '--cp', 'a.pem', '--kp', 'b.pem'], 'X.509 certificates are not emulated yet'],
    [['--rid', 'a', '-n', DPS, '--pass', 'secret'], 'X.509 certificates are not emulated yet'],
    [['--rid', 'a b', '--id-scope', '0ne1', '--key', 'AAAA'], 'the registration id "a b" is not valid'],
    [['--rid', 'a', '--id-scope', '0ne1', '--key', 'no base64!'], 'must be base64'],
    [['--rid', 'a', '-n', DPS, '--payload', '{x}'], 'argument --payload: Failed to parse the value as JSON'],
    [['-n', DPS], 'the following arguments are required: --registration-id/--rid'],
  ])('because the line is wrong: %j', async (words, complaint) => {
    const ended = await azLine([...CREATE, ...words, '--emulator', 'http://127.0.0.1:9']);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(complaint) });
    expect(ended.stderr).not.toMatch(/secret|no base64!/);
  });
});
