import { describe, expect, it } from 'vitest';
import { call } from './support/call.ts';
import { ASSIGN, BUSY, DEVICE, HUB, lentContosoForTests, register, SCOPE, tokenOf } from './support/contoso.ts';

const start = lentContosoForTests();

describe('registrations', () => {
  it('shows an assigned registration in the list and by its ids, whatever their case', async () => {
    const { emulator, control } = await start([
      { ...ASSIGN, body: { ...ASSIGN.body, payload: { password: 'p', port: 1 } } },
    ]);
    await register(emulator, DEVICE);
    const { registrations } = (await call(control, '/registrations')).json as { registrations: object[] };
    expect(registrations).toEqual([
      {
        idScope: SCOPE,
        registrationId: DEVICE,
        enrollmentGroupId: 'contoso-custom-allocated-devices',
        status: 'assigned',
        substatus: 'initialAssignment',
        assignedHub: HUB,
        deviceId: DEVICE,
        payload: { password: '****', port: 1 },
        operationId: expect.stringMatching(/^5\./),
        operationCount: 1,
        etag: expect.any(String),
        createdDateTimeUtc: '2026-01-01T00:00:00.000Z',
        lastUpdatedDateTimeUtc: '2026-01-01T00:00:00.000Z',
      },
    ]);
    const path = `/registrations/${SCOPE.toUpperCase()}/${DEVICE.toUpperCase()}`;
    expect((await call(control, path)).json).toEqual(registrations[0]);
  });

  it('shows what an assigning and a failed one have come to', async () => {
    const { emulator, control } = await start([BUSY]);
    await register(emulator, DEVICE);
    const path = `/registrations/${SCOPE}/${DEVICE}`;
    expect((await call(control, path)).json).toMatchObject({ status: 'assigning' });
    await call(control, '/clock/advance', { body: { seconds: 415 } });
    expect((await call(control, path)).json).toMatchObject({ status: 'failed', errorCode: 400207 });
  });

  it('answers 404 for one that never registered', async () => {
    const { control } = await start();
    const answer = await call(control, `/registrations/${SCOPE}/nobody`);
    expect(answer).toMatchObject({
      status: 404,
      json: { error: { code: 'not-found', message: expect.stringContaining('nobody') } },
    });
  });
});

describe('hubs', () => {
  it('counts devices and shows device and twin with the keys masked', async () => {
    const { emulator, control } = await start();
    await register(emulator, DEVICE);
    const { hubs } = (await call(control, '/hubs')).json as { hubs: object[] };
    expect(hubs[0]).toEqual({ name: HUB, deviceCount: 1 });
    const { devices } = (await call(control, `/hubs/${HUB.toUpperCase()}/devices`)).json as { devices: object[] };
    const masked = { type: 'sas', symmetricKey: { primaryKey: '****', secondaryKey: '****' } };
    expect(devices).toMatchObject([{ deviceId: DEVICE, status: 'enabled', authentication: masked }]);
    expect((await call(control, `/hubs/${HUB}/devices/${DEVICE}?showKeys=false`)).json).toEqual(devices[0]);
    expect((await call(control, `/hubs/${HUB}/twins/${DEVICE}`)).json).toMatchObject({
      deviceId: DEVICE,
      version: 1,
      tags: { deviceType: 'toaster' },
      properties: { desired: { state: 'on' }, reported: {} },
    });
  });

  it('shows keys when asked to', async () => {
    const { emulator, control } = await start();
    await register(emulator, DEVICE);
    const device = JSON.parse(JSON.stringify(await emulator.hubs.device(HUB, DEVICE)));
    expect(device.authentication.symmetricKey.primaryKey).toHaveLength(44);
    expect((await call(control, `/hubs/${HUB}/devices/${DEVICE}?showKeys=true`)).json).toEqual(device);
    expect((await call(control, `/hubs/${HUB}/devices?showKeys=true`)).json).toEqual({ devices: [device] });
  });

  it.each(['yes', '1', ''])('refuses showKeys=%s', async (value) => {
    const { control } = await start();
    const answer = await call(control, `/hubs/${HUB}/devices?showKeys=${value}`);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid', faults: [{ path: 'showKeys' }] } } });
  });

  it.each([
    ['/hubs/no-hub/devices', HUB],
    ['/hubs/no-hub/devices/x', HUB],
    ['/hubs/no-hub/twins/x', HUB],
    [`/hubs/${HUB}/devices/x`, '"x"'],
    [`/hubs/${HUB}/twins/x`, '"x"'],
  ])('answers %s with 404 that names what there is', async (path, named) => {
    const { control } = await start();
    const answer = await call(control, path);
    expect(answer).toMatchObject({
      status: 404,
      json: { error: { code: 'not-found', message: expect.stringContaining(named) } },
    });
  });
});

describe('POST /sas/explain', () => {
  it('says that a good token would be accepted', async () => {
    const { control } = await start();
    const answer = await call(control, '/sas/explain', { body: { token: tokenOf(DEVICE) } });
    expect(answer).toMatchObject({ status: 200, json: { isAccepted: true } });
  });

  it.each([
    ['an expired one', { token: tokenOf(DEVICE, -60) }, 'expired'],
    ['one for another registration', { token: tokenOf(DEVICE), registrationId: 'another' }, 'wrong-key'],
    ['one for an unknown scope', { token: tokenOf(DEVICE), idScope: '0ne00000009' }, 'unknown-scope'],
    ['garbage', { token: 'garbage' }, 'malformed-token'],
  ])('gives the reason for %s and never the signature', async (_what, body, reason) => {
    const { control } = await start();
    const answer = await call(control, '/sas/explain', { body });
    expect(answer).toMatchObject({ status: 200, json: { isAccepted: false, reason } });
    expect(answer.text).not.toContain('sig=');
  });

  it.each([
    [{}, 'token'],
    [{ token: 5 }, 'token'],
    [{ token: 'x', idScope: null }, 'idScope'],
  ])('refuses %j', async (body, path) => {
    const { control } = await start();
    const answer = await call(control, '/sas/explain', { body });
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid', faults: [{ path }] } } });
  });
});
