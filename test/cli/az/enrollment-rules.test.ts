/** What is refused about enrollments: by the rules of the CLI before anything is sent, and by the service; nothing has changed then. */
import { describe, expect, it } from 'vitest';
import { azShells } from './support/az-line.ts';

const azShell = azShells();
const DPS = 'contoso-provisioning-service-1098';
const DEMO = 'contoso-custom-allocated-devices';
const TOASTERS = 'contoso-toasters-hub-1098.azure-devices.net';
const HEATPUMPS = 'contoso-heatpumps-hub-1098.azure-devices.net';
const SHORT_KEY = 'c2hvcnQta2V5';

const BOTH = 'Please provide both the Azure function webhook url and provisioning service api-version';
const ONE_HUB = 'Only one hub is required in static allocation policy.';
const A_HUB = 'Please provide a hub to be assigned with device.';

/** Words behind the id, and what the complaint says. */
const OF_BOTH_KINDS: readonly (readonly [string, string])[] = [
  ['--allocation-policy custom', BOTH],
  ['--ap custom --webhook-url http://127.0.0.1:9/', BOTH],
  ['--ap custom --api-version 2021-10-01', BOTH],
  ['--ap static', A_HUB],
  [`--ap static --iot-hubs ${TOASTERS} ${HEATPUMPS}`, ONE_HUB],
  [`--iot-hub-host-name ${TOASTERS} --ap hashed`, "'iot_hub_host_name' is not required when allocation-policy is"],
  [`--iot-hubs ${TOASTERS}`, 'Please provide allocation policy.'],
  ['--ap nearest', "'nearest' is not a valid value for '--allocation-policy'. Allowed values: "],
  ['--ps on', "'on' is not a valid value for '--provisioning-status'"],
  ['--rp always', "'always' is not a valid value for '--reprovision-policy'"],
  ['--edge-enabled perhaps', "argument --edge-enabled/--ee: 'perhaps' is neither true nor false"],
  ['--tags {', 'argument --initial-twin-tags/--tags: Failed to parse the value as JSON: line 1, column 2'],
  ['--tags [1]', 'argument --initial-twin-tags/--tags: must be a JSON object'],
  ['--props @no-such-file.json', 'the file no-such-file.json cannot be read (ENOENT)'],
  ['--cp certificate.txt', "Certificate file type must be either '.pem' or '.cer'."],
  ['--cp no-such-file.pem', 'the certificate no-such-file.pem cannot be read (ENOENT)'],
  ['--no-such-option', 'unrecognized arguments: --no-such-option'],
];

/** Group of verbs, verb and words, exit code, and what the complaint says. */
const OTHERS: readonly (readonly [string, number, string])[] = [
  ['enrollment-group create', 2, 'the following arguments are required: --enrollment-id/--eid/--group-id/--gid'],
  ['enrollment create --eid mine', 2, 'the following arguments are required: --attestation-type/--at'],
  ['enrollment create --eid mine --at x509', 2, 'Please provide at least one certificate path'],
  ['enrollment create --eid mine --at tpm', 2, 'Endorsement key [--endorsement-key] is required'],
  ['enrollment create --eid mine --at magic', 2, "'magic' is not a valid value for '--attestation-type'"],
  ['enrollment-group list --top many', 2, "argument --top: invalid int value: 'many'"],
  ['enrollment-group list --top -1', 2, 'argument --top: must be 1 or more (is -1)'],
  [`enrollment-group create --gid ${DEMO}`, 1, '(409201) Enrollment already exists'],
  [`enrollment-group update --gid ${DEMO} --ap static`, 2, ONE_HUB],
  [`enrollment-group update --gid ${DEMO} --etag 47574f75 --ps disabled`, 1, '(412'],
  ['enrollment-group update --gid nope --ps disabled', 3, '(404204) '],
  ['enrollment-group show --gid nope', 3, '(404204) '],
  ['enrollment-group delete --gid nope', 3, '(404204) '],
  ['enrollment update --eid nope --ps disabled', 3, '(404201) Enrollment not found'],
  ['enrollment show --eid nope', 3, '(404201) '],
  ['enrollment delete --eid nope', 3, '(404201) '],
  ['enrollment-group create --gid sla/sh', 1, '(400004) '],
  ['enrollment-group show --gid ../enrollments', 1, '(400004) '],
  [
    'enrollment-group create --gid mine --ap hashed --ih contoso-toasters-hub-1098',
    1,
    '(400004) The IoT hub "contoso-',
  ],
  [`enrollment-group create --gid mine --pk ${SHORT_KEY}`, 1, 'must be the base64 of 16 to 64 bytes'],
  ['enrollment-group registration list --gid nope', 3, '(404204) '],
  ['enrollment-group registration show --rid nope', 3, '(404'],
  ['enrollment-group registration delete --rid nope', 3, '(404'],
  ['enrollment registration show --eid nope', 3, '(404'],
];

describe('a line on enrollments that is wrong', () => {
  it.each([
    ['enrollment-group', []],
    ['enrollment', ['--at', 'symmetricKey']],
  ])('is refused by the rules of the CLI: %s create', async (group, besides) => {
    const { az, emulator } = await azShell();
    const before = JSON.stringify(await emulator.exportSetUp());
    for (const [line, complaint] of OF_BOTH_KINDS) {
      // A certificate of a device is read only when the device proves itself by one.
      const attestation = line.startsWith('--cp') && besides.length > 0 ? ['--at', 'x509'] : besides;
      const words = ['create', '--dps-name', DPS, '--enrollment-id', 'mine', ...attestation, ...line.split(' ')];
      const ended = await az('iot', 'dps', group, ...words);
      expect({ line, ...ended }).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(complaint) });
      expect(ended.stderr).toMatch(/^ERROR: [^\n]*\n$/);
    }
    expect(JSON.stringify(await emulator.exportSetUp())).toBe(before);
  });

  it('ends with the exit code of az: 2 for a wrong line, 3 for what is not there, else 1', async () => {
    const { az, emulator } = await azShell();
    const before = JSON.stringify(await emulator.exportSetUp());
    for (const [line, code, complaint] of OTHERS) {
      const ended = await az('iot', 'dps', ...line.split(' '), '--dps-name', DPS);
      expect({ line, ...ended }).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(complaint) });
      expect(ended.stderr).not.toContain(SHORT_KEY);
    }
    expect(JSON.stringify(await emulator.exportSetUp())).toBe(before);
  });

  it.each([
    ['enrollment-group create --gid mine --wh http://127.0.0.1:9/ --av 2021-10-01', 'none is set'],
    [`enrollment-group update --gid ${DEMO} --ap hashed --wh http://127.0.0.1:9/`, 'it is hashed'],
    ['enrollment create --eid mine --at symmetrickey --av 2021-10-01', 'none is set'],
  ])('that names a webhook without custom allocation is carried out with a warning: %s', async (line, why) => {
    const { az, emulator } = await azShell();
    const ended = await az('iot', 'dps', ...line.split(' '), '--dps-name', DPS);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(new RegExp(`^WARNING: .*${why}\\)\n$`)) });
    expect(JSON.stringify(await emulator.exportSetUp())).not.toContain('127.0.0.1:9/');
  });

  it('must say which provisioning service', async () => {
    const { az } = await azShell();
    expect(await az('iot', 'dps', 'enrollment-group', 'list')).toMatchObject({
      code: 2,
      stderr: 'ERROR: Please provide a DPS name (--dps-name/-n) or a login (--login/-l).\n',
    });
    expect(await az('iot', 'dps', 'enrollment', 'list', '-n', 'nope')).toMatchObject({ code: 3 });
    expect(await az('iot', 'dps', 'enrollment', 'list', '--login', 'abc')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('argument --login/-l: must be a connection string'),
    });
  });

  it('is not repeated with the key that is in it', async () => {
    const { az } = await azShell();
    const key = Buffer.alloc(32, 9).toString('base64');
    const wrong = await az('iot', 'dps', 'enrollment-group', 'create', '-n', DPS, '--gid', 'mine', '--primry', key);
    expect(wrong).toMatchObject({ code: 2, stderr: 'ERROR: unrecognized arguments: --primry ****\n' });
  });
});
