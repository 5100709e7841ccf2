import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTOSO_GROUP_KEY } from '../../emulator/wire/contoso.ts';
import { run as runProcess } from './support/command.ts';
import { run, start, temporaryHome } from './support/in-process.ts';

const TOASTER = 'breakroom499-contoso-tstrsd-007';
const HEAT_PUMP = 'mainbuilding167-contoso-hpsd-088';
const HEAT_PUMP_KEY = '6uejA9PfkQgmYylj8Zerp3kcbeVrGZ172YLa7VSnJzg=';

describe('register', () => {
  it.each([
    'mqtt',
    'mqtt-ws',
    'https',
  ])('assigns a device over %s with the key of the running emulator', async (transport) => {
    const { home } = await start(await temporaryHome());
    const { code, stdout, stderr } = await run(home, ['register', TOASTER, '--transport', transport]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Fast as it is here, the device may come back before the webhook has answered.
    expect(stdout.replace('poll answered 202, asked to come back in 0 s\n', '')).toBe(
      [
        'register answered 202, asked to come back in 0 s',
        'poll answered 200',
        'assigned',
        '  hub        contoso-toasters-hub-1098.azure-devices.net',
        `  device id  ${TOASTER}`,
        '  substatus  initialAssignment',
        '  twin       {"tags":{"deviceType":"toaster"},"desired":{"state":"ready","darknessSetting":"medium"}}',
        '  ID scope   0ne00002193',
        '  key        from the enrollment group "contoso-custom-allocated-devices"',
        '  C SDK      PROV_DEVICE_RESULT_OK',
        '',
      ].join('\n'),
    );
  });

  it('sends the payload of the command line or of a file to the webhook', async () => {
    const { home } = await start(await temporaryHome());
    const file = join(home.directory, 'payload.json');
    await writeFile(file, '{"from":"file"}');
    await run(home, ['register', TOASTER, '--payload', '{"from":"line"}']);
    await run(home, ['register', HEAT_PUMP, '--payload', `@${file}`]);
    const { stdout } = await run(home, ['log', '--json']);
    const sent = [...stdout.matchAll(/"payload": \{\s+"from": "(\w+)"/g)].map(([, from]) => from);
    expect([...new Set(sent)].toSorted()).toEqual(['file', 'line']);
  });

  it.each([
    ['with the key of the device', ['--key', HEAT_PUMP_KEY], 0, { outcome: 'assigned', keySource: '--key' }],
    [
      'with the key of its group',
      ['--group-key', CONTOSO_GROUP_KEY],
      0,
      { outcome: 'assigned', keySource: '--group-key' },
    ],
    [
      "with its group's key as its own",
      ['--key', CONTOSO_GROUP_KEY],
      1,
      {
        outcome: 'refused',
        errorCode: 401002,
        why: { reason: 'group-key-used-directly' },
        nextStep: expect.stringContaining('--group-key'),
        cSdkResult: 'PROV_DEVICE_RESULT_DEV_AUTH_ERROR',
      },
    ],
    [
      'with a wrong key',
      ['--key', 'AAAA'],
      1,
      { why: { reason: 'wrong-key' }, nextStep: expect.stringContaining('--group-key') },
    ],
    [
      'at a scope that is not there',
      ['--id-scope', '0ne1', '--key', HEAT_PUMP_KEY],
      1,
      {
        errorCode: 404201,
        why: { detail: expect.stringContaining('0ne00002193') },
        nextStep: expect.stringContaining('--id-scope'),
      },
    ],
    [
      'where nothing listens',
      ['--port', '9'],
      1,
      {
        outcome: 'transport-error',
        message: 'nothing listens on localhost:9',
        nextStep: expect.stringContaining('dps-emulator ready'),
      },
    ],
  ])('%s', async (_how, args, code, report) => {
    const { home } = await start(await temporaryHome());
    const ran = await run(home, ['register', HEAT_PUMP, '--json', ...args]);
    expect(ran).toMatchObject({ code, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({ registrationId: HEAT_PUMP, ...report });
    for (const secret of [HEAT_PUMP_KEY, CONTOSO_GROUP_KEY, 'sig=']) expect(ran.stdout).not.toContain(secret);
  });

  it('tells why a device was turned away that the webhook does not know, and how often it was called', async () => {
    const { home } = await start(await temporaryHome());
    const { code, stdout } = await run(home, ['register', 'my-kettle']);
    expect(code).toBe(1);
    expect(stdout).toContain('failed 400207 Custom allocation failed with status code: 400');
    expect(stdout).toContain('why        the webhook answered 400 (1 webhook call)');
    expect(stdout).toContain(
      'next       see what the webhook was asked and what it answered: dps-emulator log my-kettle',
    );
  });

  it('needs no emulator that it can find when it is told everything', async () => {
    const { ready } = await start(await temporaryHome());
    const elsewhere = await temporaryHome();
    const own = { ...elsewhere, env: { ...elsewhere.env, NODE_EXTRA_CA_CERTS: ready.caPath } };
    const port = String(ready.endpoints.https.port);
    const told = ['--host', 'localhost', '--port', port, '--transport', 'https', '--id-scope', '0ne00002193'];
    // Node reads this variable when a process starts.
    const { code, stdout } = await runProcess(own, [
      'register',
      HEAT_PUMP,
      '--group-key',
      CONTOSO_GROUP_KEY,
      '--json',
      ...told,
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'assigned' });
    const missing = await run(own, ['register', HEAT_PUMP, ...told]);
    expect(missing).toMatchObject({ code: 3, stdout: '' });
  });

  it.each([
    ['no emulator', ['register', TOASTER], 3, 'no emulator is running; start one: npx dps-emulator start'],
    ['an id that breaks the grammar', ['register', 'a b'], 2, 'the registration id "a b" is not valid'],
    [
      'two keys',
      ['register', TOASTER, '--key', 'AAAA', '--group-key', 'AAAA'],
      2,
      '--key and --group-key exclude each other',
    ],
    ['a key that is no base64', ['register', TOASTER, '--key', 'not base64'], 2, '--key: must be base64'],
    ['a payload that is no JSON', ['register', TOASTER, '--payload', '{a:1}'], 2, '--payload:1:2: not JSON'],
    [
      'a payload file that is not there',
      ['register', TOASTER, '--payload', '@none'],
      2,
      '--payload: none cannot be read (no such file)',
    ],
    ['a port that is none', ['register', TOASTER, '--port', 'x'], 2, '--port: must be 1 to 65535 (is "x")'],
    [
      'an emulator that is not there',
      ['register', TOASTER, '--emulator', 'http://127.0.0.1:9'],
      3,
      'the emulator at http://127.0.0.1:9 (from --emulator) cannot be reached',
    ],
    [
      'an emulator that is no URL',
      ['register', TOASTER, '--emulator', '127.0.0.1:8980'],
      2,
      '--emulator: must be a URL',
    ],
  ])('ends with a line and no stack for %s', async (_what, args, code, complaint) => {
    const home = await temporaryHome();
    const ran = await run(home, args);
    expect(ran).toMatchObject({ code, stdout: '' });
    expect(ran.stderr).toContain(`dps-emulator: ${complaint}`);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
    expect(ran.stderr).not.toContain('not base64');
  });
});
