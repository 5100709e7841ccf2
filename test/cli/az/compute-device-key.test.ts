/** `az iot dps enrollment-group compute-device-key`, with the published vectors. [dps-service-behaviour §3.3] */
import { describe, expect, it } from 'vitest';
import { CONTOSO_GROUP_KEY } from '../../../emulator/wire/contoso.ts';
import { azLine, azShells } from './support/az-line.ts';

const azShell = azShells();
const PATH = ['iot', 'dps', 'enrollment-group', 'compute-device-key'];
const TOASTER = 'breakroom499-contoso-tstrsd-007';
const TOASTER_KEY = 'JC8F96eayuQwwz+PkE7IzjH2lIAjCUnAa61tDigBnSs=';

describe('compute-device-key', () => {
  it.each([
    [CONTOSO_GROUP_KEY, TOASTER, TOASTER_KEY],
    [CONTOSO_GROUP_KEY, 'mainbuilding167-contoso-hpsd-088', '6uejA9PfkQgmYylj8Zerp3kcbeVrGZ172YLa7VSnJzg='],
    [
      '8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==',
      'sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6',
      'Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=',
    ],
  ])('prints one JSON string for a given key, and needs no emulator: %#', async (key, registrationId, deviceKey) => {
    const nowhere = ['--emulator', 'http://127.0.0.1:9'];
    const ended = await azLine([...PATH, '--key', key, '--registration-id', registrationId, ...nowhere]);
    expect(ended).toEqual({ code: 0, stdout: `"${deviceKey}"\n`, stderr: '' });
  });

  it('prints the bare key as tsv, under its older name too', async () => {
    const older = ['iot', 'dps', 'compute-device-key', '--symmetric-key', CONTOSO_GROUP_KEY, '--rid', TOASTER];
    expect(await azLine([...older, '-o', 'tsv'])).toEqual({ code: 0, stdout: `${TOASTER_KEY}\n`, stderr: '' });
  });

  it('asks the group for its key when none is given', async () => {
    const { json } = await azShell();
    const group = ['--dps-name', 'contoso-provisioning-service-1098', '--enrollment-id'];
    expect(await json(...PATH, ...group, 'contoso-custom-allocated-devices', '--registration-id', TOASTER)).toBe(
      TOASTER_KEY,
    );
  });

  it.each([
    [['--registration-id', 'a'], 'Please provide DPS enrollment group identifiers'],
    [['--registration-id', 'a', '--enrollment-id', 'b'], 'Please provide DPS enrollment group identifiers'],
    [['--registration-id', 'a', '--dps-name', 'b'], 'Please provide DPS enrollment group identifiers'],
    [['--key', 'AAAA'], 'the following arguments are required: --registration-id/--rid'],
    [['--registration-id', 'a', '--key', 'no base64!'], '--symmetric-key/--key: must be base64'],
  ])('refuses %j', async (words, complaint) => {
    const ended = await azLine([...PATH, ...words]);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(complaint) });
    expect(ended.stderr).not.toContain('no base64!');
  });

  it('says that a group without a symmetric key has nothing to derive from', async () => {
    const { az, json } = await azShell();
    const group = ['-n', 'contoso-provisioning-service-1098', '--gid', 'by-certificate'];
    await json('iot', 'dps', 'enrollment-group', 'create', ...group, '--ca-name', 'root');
    expect(await az(...PATH, ...group, '--rid', 'a')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Requested enrollment group has an attestation type of 'x509'."),
    });
    expect(await az(...PATH, ...group.slice(0, 3), 'nope', '--rid', 'a')).toMatchObject({ code: 3 });
  });
});
