/** `dps-emulator az` as a user runs it: the built program, the emulator that it finds, its exit codes. */
import { describe, expect, it } from 'vitest';
import { startStandIn } from '../../../webhook/stand-in/index.ts';
import { run, start, temporaryHome } from '../support/command.ts';

const DPS = 'contoso-provisioning-service-1098';
const GROUP = ['--dps-name', DPS, '--enrollment-id', 'contoso-custom-allocated-devices'];
const TOASTER = 'breakroom499-contoso-tstrsd-007';

describe('dps-emulator az', () => {
  it('carries lines out on the emulator that runs, and hands one line over to the next', async () => {
    const home = await temporaryHome();
    await start(home);
    const group = ['az', 'iot', 'dps', 'enrollment-group'];
    const keyOf = ['--show-keys', '--query', 'attestation.symmetricKey.primaryKey', '-o', 'tsv'];
    const shown = await run(home, [...group, 'show', ...GROUP, ...keyOf]);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    const derive = ['compute-device-key', '--key', shown.stdout.trim(), '--registration-id', TOASTER, '-o', 'tsv'];
    const derived = await run(home, [...group, ...derive]);
    expect(derived).toMatchObject({ code: 0, stdout: 'JC8F96eayuQwwz+PkE7IzjH2lIAjCUnAa61tDigBnSs=\n' });
    const device = ['--id-scope', '0ne00002193', '--registration-id', TOASTER, '--key', derived.stdout.trim()];
    const registered = await run(home, ['az', 'iot', 'device', 'registration', 'create', ...device]);
    expect(registered).toMatchObject({ code: 0, stderr: '' });
    const hub = 'contoso-toasters-hub-1098.azure-devices.net';
    expect(JSON.parse(registered.stdout)).toMatchObject({
      status: 'assigned',
      registrationState: { assignedHub: hub },
    });
    const missing = await run(home, [...group, 'show', '--dps-name', DPS, '--enrollment-id', 'nope']);
    expect(missing).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^ERROR: \(404204\)/) });
  });

  it('needs no emulator for a key, says how to start one for the rest, and ends with 2 for a wrong line', async () => {
    const home = await temporaryHome();
    const compute = ['az', 'iot', 'dps', 'compute-device-key', '--registration-id', TOASTER];
    expect(await run(home, [...compute, '--key', 'AAAA'])).toMatchObject({ code: 0, stderr: '' });
    expect(await run(home, ['az', 'iot', 'dps', 'enrollment-group', 'list', '--dps-name', DPS])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'ERROR: no emulator is running; start one: npx dps-emulator start\n',
    });
    expect(await run(home, compute)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ERROR: Please/),
    });
    expect(await run(home, ['az', 'iot', 'dps', 'enrollment', '--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('az iot dps enrollment registration show'),
    });
  });
});

describe('dps-emulator register', () => {
  it('gives the tip of the tutorial when the webhook wants a key that its URL has not', async () => {
    const webhook = await startStandIn([{ kind: 'status', status: 200 }], { functionKey: 'secret' });
    const home = await temporaryHome();
    const url = webhook.url.split('?')[0] ?? '';
    await start(home, ['--webhook', url]);
    const { code, stdout, stderr } = await run(home, ['register', TOASTER]);
    await webhook.stop();
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('failed 400209 Custom allocation failed with status code: 401');
    expect(stdout).toContain(
      `dps-emulator az iot dps enrollment-group update ${GROUP.join(' ')} --webhook-url '${url}?code=<function key>'`,
    );
  });
});
