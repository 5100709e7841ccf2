import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../cli/start/config-file.ts';
import { run, start, temporaryHome } from '../support/command.ts';

const KEY = Buffer.from('a key that nobody may read').toString('base64');
const INSTANCE = { name: 'plant', idScope: '0ne000000A1', linkedHubs: ['north.azure-devices.net'] };

describe('start --config', () => {
  it('holds the set-up of the file, with its options', async () => {
    const home = await temporaryHome();
    const file = join(home.directory, 'plant.json');
    const enrollment = { registrationId: 'pump-01', attestation: { type: 'symmetricKey' } };
    const setUp = { options: { clock: 'manual' }, dps: [{ ...INSTANCE, enrollments: [enrollment] }] };
    await writeFile(file, `\u{feff}${JSON.stringify(setUp)}`);
    const { ready } = await start(home, ['--config', file]);
    expect(ready.idScopes).toEqual(['0ne000000A1']);
    expect(JSON.parse((await run(home, ['clock', '--json'])).stdout)).toMatchObject({ mode: 'manual' });
    const registered = await run(home, ['register', 'pump-01', '--json']);
    expect(JSON.parse(registered.stdout)).toMatchObject({
      outcome: 'assigned',
      assignedHub: 'north.azure-devices.net',
      keySource: 'the individual enrollment "pump-01"',
    });
  });

  it('keeps the demo when the file has options only', async () => {
    const home = await temporaryHome();
    const file = join(home.directory, 'options.json');
    await writeFile(file, JSON.stringify({ $schema: './x.json', options: { clock: 'skip' } }));
    const { ready } = await start(home, ['--config', file, '--clock', 'manual']);
    expect(ready.idScopes).toEqual(['0ne00002193']);
    expect(JSON.parse((await run(home, ['clock', '--json'])).stdout)).toMatchObject({ mode: 'manual' });
  });

  it.each<readonly [string, string, string]>([
    ['is no JSON', `{\n  "dps": [{ "key": "${KEY}" }\n`, ':3:1: not JSON: "," or "]" is missing: the text ends here'],
    ['is no object', '[]', ': the document: must be an object (is [])'],
    ['has options that are none', '{"options": 5}', ': options: must be an object (is 5)'],
    ['has an unknown member', '{"dpss": []}', ': dpss: is not a known member'],
    [
      'has an unknown option',
      '{"options": {"port": 1}}',
      ': options.port: is not a known option; docs/configuration.md lists them',
    ],
    [
      'has an option of the wrong type',
      '{"options": {"mqttPort": "1"}}',
      ': options.mqttPort: must be a whole number (is "1")',
    ],
    [
      'has an option out of range',
      '{"options": {"mqttPort": 65536}}',
      ': options.mqttPort: must be 0 to 65535 (is 65536)',
    ],
    [
      'has an unknown assumption value',
      '{"options": {"assume": {"webhook-dns": "x"}}}',
      ': options.assume.webhook-dns: must be one of retry, fail, fail-late (is "x")',
    ],
    [
      'has a member of the wrong type',
      '{"dps": [{"name": 5, "idScope": "0ne1"}]}',
      ': dps[0].name: must be a string (is 5)',
    ],
    ['lacks a member', '{"dps": [{"name": "plant"}]}', ': dps[0].idScope: is required'],
    [
      'breaks a rule of the service',
      JSON.stringify({
        dps: [
          {
            ...INSTANCE,
            enrollmentGroups: [
              {
                enrollmentGroupId: 'g',
                attestation: { type: 'symmetricKey' },
                allocationPolicy: 'hashed',
                iotHubs: ['south.azure-devices.net'],
              },
            ],
          },
        ],
      }),
      ': dps[0].enrollmentGroups[0].iotHubs[0]: must be one of the linkedHubs: north.azure-devices.net (is "south.azure-devices.net")',
    ],
    [
      'holds a key of the wrong length',
      JSON.stringify({
        dps: [
          {
            ...INSTANCE,
            enrollments: [
              { registrationId: 'a', attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: 'c2VjcmV0' } } },
            ],
          },
        ],
      }),
      ': dps[0].enrollments[0].attestation.symmetricKey.primaryKey: must be the base64 of 16 to 64 bytes (is ****)',
    ],
  ])('ends with 2 and one line when the file %s', async (_what, text, complaint) => {
    const home = await temporaryHome();
    const file = join(home.directory, 'plant.json');
    await writeFile(file, text);
    const { code, stdout, stderr } = await run(home, ['start', '--config', file]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `dps-emulator: ${file}${complaint}\n` });
  });

  it.each<readonly [string, readonly string[], string]>([
    ['a file that is not there', ['--config', 'none.json'], 'none.json: cannot be read (no such file)'],
    ['a directory', ['--config', '.'], '.: cannot be read (it is a directory: name the file in it)'],
    [
      'a webhook that is no URL',
      ['--webhook', 'localhost:7071'],
      '--webhook: must be an http or https URL (is "localhost:7071")',
    ],
    ['a webhook CA that is not there', ['--webhook-ca', 'none.pem'], '--webhook-ca: cannot be read: '],
    ['a flag out of range', ['--mqtt-port', '70000'], '--mqtt-port: must be 0 to 65535 (is 70000)'],
  ])('ends with 2 at %s', async (_what, args, complaint) => {
    const { code, stdout, stderr } = await run(await temporaryHome(), ['start', '--empty', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`dps-emulator: ${complaint}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['--empty', '--empty: FILE holds a set-up; give one or the other'],
    [
      '--webhook=http://localhost/',
      "--webhook: only the demo's group calls it; a set-up of your own names its webhooks itself",
    ],
  ])('refuses a set-up together with %s', async (flag, complaint) => {
    const home = await temporaryHome();
    const file = join(home.directory, 'plant.json');
    await writeFile(file, JSON.stringify({ dps: [INSTANCE] }));
    const { code, stderr } = await run(home, ['start', '--config', file, flag]);
    expect({ code, stderr: stderr.replace(file, 'FILE') }).toEqual({ code: 2, stderr: `dps-emulator: ${complaint}\n` });
  });

  it('takes paths of files from the directory of the file', async () => {
    const { directory } = await temporaryHome();
    await mkdir(join(directory, 'etc'));
    const file = join(directory, 'etc', 'plant.json');
    await writeFile(file, JSON.stringify({ options: { ca: '../ca', webhookCa: '/pki/ca.pem' } }));
    expect((await readConfigFile(file)).options).toEqual({ ca: join(directory, 'ca'), webhookCa: '/pki/ca.pem' });
  });
});
