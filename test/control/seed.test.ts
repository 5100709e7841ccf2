import { describe, expect, it } from 'vitest';
import { CONTOSO_GROUP } from '../../emulator/wire/contoso.ts';
import { call } from './support/call.ts';
import { ASSIGN, DEVICE, HUB, lentContosoForTests, register, SCOPE } from './support/contoso.ts';

const start = lentContosoForTests();

const NAME = 'contoso-provisioning-service-1098';
const attestation = { type: 'symmetricKey' } as const;
const good = { registrationId: 'good-device', attestation };

function instance(more: object) {
  return { dps: [{ name: NAME, idScope: SCOPE, ...more }] };
}

describe('POST /seed', () => {
  it('adds an enrollment to an instance and leaves its linked hubs, policy and other enrollments as they are', async () => {
    const { emulator, control } = await start();
    const before = await emulator.exportSetUp();
    const answer = await call(control, '/seed', { body: instance({ enrollments: [good] }) });
    expect(answer).toMatchObject({ status: 200, json: { idScopes: [SCOPE], hubs: await emulator.hubs.names() } });
    const after = await emulator.exportSetUp();
    expect({ ...after.dps?.[0], enrollments: [] }).toEqual(before.dps?.[0]);
    expect(after.dps?.[0]?.enrollments).toMatchObject([good]);
  });

  it('replaces an enrollment of the same id, whatever its case, and takes effect at the next register', async () => {
    const { emulator, control } = await start();
    const [group] = (await emulator.exportSetUp()).dps?.[0]?.enrollmentGroups ?? [];
    const disabled = { ...group, enrollmentGroupId: CONTOSO_GROUP.toUpperCase(), provisioningStatus: 'disabled' };
    await call(control, '/seed', { body: instance({ enrollmentGroups: [disabled] }) });
    expect((await emulator.exportSetUp()).dps?.[0]?.enrollmentGroups).toEqual([disabled]);
    await register(emulator, DEVICE);
    expect(await emulator.registration(SCOPE, DEVICE)).not.toMatchObject({ status: 'assigned' });
  });

  it('adds an instance beside the others', async () => {
    const { emulator, control } = await start();
    const body = { dps: [{ name: 'second', idScope: '0ne00000002', linkedHubs: ['west.azure-devices.net'] }] };
    expect((await call(control, '/seed', { body })).json).toEqual({
      idScopes: [SCOPE, '0ne00000002'],
      hubs: [...(await emulator.hubs.names()).slice(0, 2), 'west.azure-devices.net'],
    });
  });

  it.each([
    [
      'a member of the wrong type',
      instance({ enrollments: [good, { registrationId: 7, attestation }] }),
      { path: 'dps[0].enrollments[1].registrationId', value: '7' },
    ],
    [
      'a registration id outside the grammar',
      instance({ enrollments: [good, { registrationId: 'bad id', attestation }] }),
      { path: 'dps[0].enrollments[1].registrationId', value: '"bad id"' },
    ],
    [
      'a hub that is not linked',
      instance({
        enrollments: [good, { ...good, registrationId: 'b', allocationPolicy: 'static', iotHubs: ['no.example'] }],
      }),
      { path: 'dps[0].enrollments[1].iotHubs[0]', rule: expect.stringContaining(HUB), value: '"no.example"' },
    ],
    [
      'an unknown member far inside',
      instance({ enrollments: [good], linkedHubs: [{ name: HUB, weight: 3 }] }),
      { path: expect.stringMatching(/^dps\[0\]\.linkedHubs\[0\]/) },
    ],
    [
      'an attestation that is not emulated',
      instance({ enrollments: [good, { registrationId: 'b', attestation: { type: 'password' } }] }),
      { path: 'dps[0].enrollments[1].attestation.type', value: '"password"' },
    ],
    [
      'a name that another instance has',
      { hubs: ['new.example'], dps: [{ name: NAME.toUpperCase(), idScope: '0ne00000009' }] },
      { path: 'dps[0].name', rule: expect.stringContaining(SCOPE) },
    ],
    [
      'linked hubs without one that a group of the instance names',
      instance({ enrollments: [good], linkedHubs: ['new.example', HUB] }),
      { path: 'dps[0].linkedHubs', rule: expect.stringContaining(CONTOSO_GROUP) },
    ],
    [
      'a fault in the second instance',
      { dps: [{ name: 'a', idScope: 'A1' }, { name: 'b' }] },
      { path: 'dps[1].idScope' },
    ],
    ['no document', null, { path: '' }],
  ])('refuses %s with path, rule and value, and changes nothing', async (_what, body, fault) => {
    const { emulator, control } = await start();
    const before = await emulator.exportSetUp();
    const answer = await call(control, '/seed', { body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      error: {
        code: 'invalid',
        message: expect.stringContaining('nothing was changed'),
        faults: expect.arrayContaining([expect.objectContaining({ rule: expect.any(String), ...fault })]),
      },
    });
    expect(await emulator.exportSetUp()).toEqual(before);
  });

  it('lists every fault at once, keys masked', async () => {
    const { control } = await start();
    const key = 'dG9vIHNob3J0';
    const enrollments = [
      { registrationId: 'a', attestation: { ...attestation, symmetricKey: { primaryKey: key } } },
      { registrationId: 'b_', attestation },
      { registrationId: 'A', attestation },
    ];
    const { text, json } = await call(control, '/seed', { body: instance({ enrollments }) });
    const { error } = json as { error: { faults: { path: string }[] } };
    expect(error.faults.map(({ path }) => path).sort()).toEqual([
      'dps[0].enrollments[0].attestation.symmetricKey.primaryKey',
      'dps[0].enrollments[1].registrationId',
      'dps[0].enrollments[2].registrationId',
    ]);
    expect(text).not.toContain(key);
  });

  it('lets linked hubs go together with the enrollments that name them', async () => {
    const { emulator, control } = await start([{ ...ASSIGN, body: { iotHubHostName: 'new.example' } }]);
    const [group] = (await emulator.exportSetUp()).dps?.[0]?.enrollmentGroups ?? [];
    const moved = { ...group, iotHubs: ['new.example'] };
    const body = instance({ linkedHubs: ['new.example'], enrollmentGroups: [moved] });
    expect(await call(control, '/seed', { body })).toMatchObject({ status: 200 });
    await register(emulator, DEVICE);
    expect(await emulator.registration(SCOPE, DEVICE)).toMatchObject({ assignment: { hub: 'new.example' } });
  });

  it('plays seeds that arrive together one after the other: none is lost', async () => {
    const { emulator, control } = await start();
    const ids = Array.from({ length: 20 }, (_, index) => `device-${index}`);
    await Promise.all(
      ids.map((registrationId) =>
        call(control, '/seed', { body: instance({ enrollments: [{ registrationId, attestation }] }) }),
      ),
    );
    const enrollments = (await emulator.exportSetUp()).dps?.[0]?.enrollments ?? [];
    expect(enrollments.map((one) => one.registrationId).sort()).toEqual(ids.sort());
  });
});
