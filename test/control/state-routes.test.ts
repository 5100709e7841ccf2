import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { ASSUMPTIONS } from '../../emulator/core/assumptions.ts';
import type { SetUp } from '../../emulator/index.ts';
import { call } from './support/call.ts';
import { DEVICE, FUNCTION_KEY, lentContosoForTests, register, SCOPE } from './support/contoso.ts';

const start = lentContosoForTests();
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

describe('GET /ready', () => {
  it('names endpoints, scopes, hubs, CA path, pid and version', async () => {
    const { emulator, control } = await start();
    expect((await call(control, '/ready')).json).toEqual({
      status: 'ready',
      version,
      pid: process.pid,
      endpoints: emulator.endpoints,
      idScopes: [SCOPE],
      hubs: await emulator.hubs.names(),
      ca: { certificatePath: emulator.ca.certificatePath },
      webhookUrl: null,
    });
  });

  it('shows the webhook of the demo without its function code', async () => {
    const { emulator, control } = await start(undefined, { setUp: undefined });
    expect(emulator.webhookUrl).toMatch(/\?code=./);
    const url = new URL(emulator.webhookUrl ?? '');
    expect((await call(control, '/ready')).json).toMatchObject({ webhookUrl: `${url.origin}${url.pathname}?****` });
  });
});

describe('GET /config', () => {
  it('shows every option in effect, and null where there is none', async () => {
    const { emulator, control } = await start(undefined, { retryAfterSeconds: 7 });
    const { options } = (await call(control, '/config')).json as { options: object };
    expect(options).toMatchObject({ clock: 'manual', retryAfterSeconds: 7, webhookCa: null, hostNames: [] });
    expect(Object.keys(options).sort()).toEqual(Object.keys(emulator.options).sort());
  });

  it('masks the query and the password of a webhook of one’s own', async () => {
    const webhook = `http://user:pass-word@127.0.0.1:9/api?clientId=x&code=${FUNCTION_KEY}`;
    const { control } = await start(undefined, { setUp: undefined, webhook });
    const { text, json } = await call(control, '/config');
    expect(json).toMatchObject({ options: { webhook: 'http://user:****@127.0.0.1:9/api?****' } });
    expect(text).not.toMatch(/pass-word|a-function-key/);
  });

  it('shows each named assumption with the value in force, default, alternatives and sentence', async () => {
    const { control } = await start(undefined, { assume: { 'webhook-timeout': 'fail' } });
    const { assumptions } = (await call(control, '/config')).json as { assumptions: { id: string }[] };
    expect(assumptions.map(({ id }) => id)).toEqual(Object.keys(ASSUMPTIONS));
    expect(assumptions[0]).toEqual({
      id: 'webhook-timeout',
      value: 'fail',
      default: 'retry',
      alternatives: ['fail'],
      sentence: ASSUMPTIONS['webhook-timeout'].says,
    });
  });
});

describe('GET /set-up', () => {
  it('gives keys and function codes in clear', async () => {
    const { control, webhook } = await start();
    const setUp = (await call(control, '/set-up')).json as SetUp;
    const [group] = setUp.dps?.[0]?.enrollmentGroups ?? [];
    expect(group?.customAllocationDefinition?.webhookUrl).toBe(webhook.url);
    expect(group?.attestation.symmetricKey?.secondaryKey).toMatch(/^[A-Za-z0-9+/]{86}==$/);
  });

  it('is a start-up document that gives the same export again', async () => {
    const first = await start();
    const seeded = {
      hubs: ['spare.azure-devices.net'],
      dps: [
        {
          name: 'second',
          idScope: '0ne0000AB12',
          allocationPolicy: 'static',
          linkedHubs: [{ name: 'east.azure-devices.net', allocationWeight: 7, applyAllocationPolicy: false }],
          enrollments: [
            {
              registrationId: 'my:Device-1',
              deviceId: 'other-name',
              attestation: { type: 'symmetricKey' },
              initialTwin: { tags: { site: 'here' }, properties: { desired: { a: [1, { b: null }] } } },
              iotHubs: ['EAST.azure-devices.net'],
              allocationPolicy: 'static',
              optionalDeviceInformation: { floor: 3 },
              provisioningStatus: 'disabled',
            },
          ],
        },
      ],
    };
    expect(await call(first.control, '/seed', { body: seeded })).toMatchObject({ status: 200 });
    await register(first.emulator, DEVICE);
    const exported = (await call(first.control, '/set-up')).json as SetUp;
    expect(exported.dps?.[1]?.enrollments?.[0]).toMatchObject(seeded.dps[0]?.enrollments[0] ?? {});

    const second = await start(undefined, { setUp: exported, seed: 'another', startTime: '2030-01-01T00:00:00Z' });
    expect((await call(second.control, '/set-up')).json).toEqual(exported);
  });

  it('is a seed call that changes nothing where it came from, and gives the same export in an empty emulator', async () => {
    const { control } = await start();
    const { json: exported } = await call(control, '/set-up');
    expect(await call(control, '/seed', { body: exported })).toMatchObject({ status: 200 });
    expect((await call(control, '/set-up')).json).toEqual(exported);
    const empty = await start(undefined, { setUp: 'empty' });
    expect(await call(empty.control, '/seed', { body: exported })).toMatchObject({ status: 200 });
    expect((await call(empty.control, '/set-up')).json).toEqual(exported);
  });
});

describe('POST /reset', () => {
  it('forgets registrations, hub devices, the journal and seeds, and keeps the set-up and the clock', async () => {
    const { emulator, control } = await start();
    const { json: atStart } = await call(control, '/set-up');
    await register(emulator, DEVICE);
    await call(control, '/seed', { body: { hubs: ['spare.azure-devices.net'] } });
    await emulator.clock.advance(5000);
    const nowMs = emulator.clock.now();

    const answer = await call(control, '/reset', { method: 'POST' });
    expect(answer).toMatchObject({ status: 200, json: { idScopes: [SCOPE] } });
    expect((await call(control, '/registrations')).json).toEqual({ registrations: [] });
    expect((await call(control, '/journal')).json).toEqual({ droppedTimelines: 0, dropped: {}, timelines: [] });
    const { hubs } = (await call(control, '/hubs')).json as { hubs: { name: string; deviceCount: number }[] };
    expect(hubs.map(({ deviceCount }) => deviceCount)).toEqual([0, 0]);
    expect(withoutStamps((await call(control, '/set-up')).json)).toEqual(withoutStamps(atStart));
    expect(emulator.clock.now()).toBe(nowMs);
  });
});

/** Records that are made again get new etags and instants. */
function withoutStamps(setUp: unknown): unknown {
  return JSON.parse(JSON.stringify(setUp, (name, value) => (/^etag$|DateTimeUtc$/.test(name) ? undefined : value)));
}

describe('GET /ca', () => {
  it('gives the CA that the device ports are signed with', async () => {
    const { emulator, control } = await start();
    expect((await call(control, '/ca')).json).toEqual({ certificatePem: emulator.ca.certificatePem });
  });
});
