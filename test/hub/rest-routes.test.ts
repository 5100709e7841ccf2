/** The hub's REST API on the wire: what a back end's registry asks, hub-style refusals, policies. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../emulator/index.ts';
import { GROUP_KEY, HUB, lentEmulatorsForTests, OTHER_HUB, SCOPE, tokenFor } from '../flows/support/emulators.ts';
import { httpsClient } from '../http/support/https-client.ts';
import {
  policyToken,
  recordIn,
  type ServiceAnswer,
  type ServiceClient,
  serviceClient,
} from '../http/support/service-client.ts';

const start = lentEmulatorsForTests();
const HUB_API_VERSION = '2021-04-12';
const POLICY_KEY = Buffer.alloc(32, 3).toString('base64');
const initialTwin = { tags: { site: 'a' }, properties: { desired: { rate: { unit: 's', value: 1 } } } };

let emulator: Emulator;
let client: ServiceClient;

async function registered(...ids: readonly string[]): Promise<void> {
  const device = httpsClient(emulator);
  for (const registrationId of ids) {
    const headers = { authorization: tokenFor({ registrationId }), 'content-type': 'application/json' };
    const path = `/${SCOPE}/registrations/${registrationId}/register?api-version=2021-06-01`;
    await device.ask({ method: 'PUT', path, headers, body: '{}' });
  }
  device.close();
  await emulator.clock.advance(1);
}

beforeEach(async () => {
  emulator = await start({
    setUp: {
      dps: [
        {
          name: 'one',
          idScope: SCOPE,
          linkedHubs: [HUB],
          enrollmentGroups: [
            {
              enrollmentGroupId: 'devices',
              attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: GROUP_KEY } },
              initialTwin,
              capabilities: { iotEdge: true },
            },
          ],
        },
      ],
      hubs: [
        { name: HUB, policies: [{ keyName: 'mine', rights: ['RegistryRead'], primaryKey: POLICY_KEY }] },
        OTHER_HUB,
      ],
    },
    seed: 'hub',
  });
  const [hub] = (await emulator.connectionStrings()).hubs;
  client = await serviceClient(emulator, hub?.connectionString);
});

const ask = (
  method: string,
  path: string,
  question: Parameters<ServiceClient['ask']>[2] = {},
): Promise<ServiceAnswer> => client.ask(method, path, { apiVersion: HUB_API_VERSION, ...question });

function hubErrorOf({ status, headers, body }: ServiceAnswer): readonly [number, unknown, string] {
  const { Message } = body as { readonly Message: string };
  return [status, headers['iothub-errorcode'], Message.split(';')[0] ?? ''];
}

const NOT_FOUND = [404, 'DeviceNotFound', 'ErrorCode:DeviceNotFound'];

describe('a device of a hub', () => {
  it('is shown as the hub lists it, keys included', async () => {
    await registered('Device-1');
    const device = recordIn(await ask('GET', '/devices/Device-1'));
    expect(device).toMatchObject({
      deviceId: 'Device-1',
      generationId: expect.any(String),
      connectionState: 'Disconnected',
      status: 'enabled',
      cloudToDeviceMessageCount: 0,
      authentication: { type: 'sas', symmetricKey: { primaryKey: expect.any(String) } },
      capabilities: { iotEdge: true },
    });
    expect(Number(Buffer.from(String(device.etag), 'base64').toString())).toBeGreaterThan(0);
    // Device ids at a hub are case-sensitive. [dps-service-behaviour §3.3]
    expect(hubErrorOf(await ask('GET', '/devices/device-1'))).toEqual(NOT_FOUND);
    expect(hubErrorOf(await ask('GET', '/twins/device-1'))).toEqual(NOT_FOUND);
  });

  it('has a twin with versions and metadata', async () => {
    await registered('a');
    const twin = recordIn(await ask('GET', '/twins/a'));
    const stamp = { $lastUpdated: expect.stringMatching(/^\d{4}-.*Z$/) };
    expect(twin).toMatchObject({
      deviceId: 'a',
      etag: 'AAAAAAAAAAE=',
      deviceEtag: recordIn(await ask('GET', '/devices/a')).etag,
      version: 1,
      tags: { site: 'a' },
      authenticationType: 'sas',
      properties: {
        desired: {
          rate: { unit: 's', value: 1 },
          $metadata: { ...stamp, rate: { ...stamp, unit: stamp, value: stamp } },
          $version: 1,
        },
        reported: { $metadata: stamp, $version: 1 },
      },
    });
  });

  it('is listed with the others, oldest first, at most as many as asked for', async () => {
    await registered('c', 'a', 'b');
    const idsIn = ({ body }: ServiceAnswer) => (body as Record<string, unknown>[]).map(({ deviceId }) => deviceId);
    expect(idsIn(await ask('GET', '/devices/'))).toEqual(['c', 'a', 'b']);
    expect(idsIn(await ask('GET', '/devices?top=2'))).toEqual(['c', 'a']);
    const body = { query: 'select * from devices' };
    const first = await ask('POST', '/devices/query', { body, headers: { 'x-ms-max-item-count': '2' } });
    expect(idsIn(first)).toEqual(['c', 'a']);
    expect(first.headers['x-ms-item-type']).toBe('Twin');
    const headers = { 'x-ms-continuation': String(first.headers['x-ms-continuation']) };
    const last = await ask('POST', '/devices/query', { body, headers });
    expect(idsIn(last)).toEqual(['b']);
    expect(last.headers).not.toHaveProperty('x-ms-continuation');
    expect(recordIn(await ask('GET', '/statistics/devices'))).toEqual({
      totalDeviceCount: 3,
      enabledDeviceCount: 3,
      disabledDeviceCount: 0,
    });
  });

  it('is deleted with its twin, by "*" or by its etag alone', async () => {
    await registered('a', 'b');
    const { etag } = recordIn(await ask('GET', '/devices/b'));
    const stale = await ask('DELETE', '/devices/b', { headers: { 'if-match': '"stale"' } });
    expect(hubErrorOf(stale)).toEqual([412, 'PreconditionFailed', 'ErrorCode:PreconditionFailed']);
    for (const [id, ifMatch] of [
      ['a', '"*"'],
      ['b', `"${String(etag)}"`],
    ]) {
      const gone = await ask('DELETE', `/devices/${id}`, { headers: { 'if-match': ifMatch ?? '' } });
      expect([gone.status, gone.text]).toEqual([204, '']);
      expect(hubErrorOf(await ask('GET', `/twins/${id}`))).toEqual(NOT_FOUND);
      expect(hubErrorOf(await ask('DELETE', `/devices/${id}`))).toEqual(NOT_FOUND);
    }
  });

  it('is deleted in bulk, and what could not be is named', async () => {
    await registered('a', 'b');
    const body = [
      { id: 'a', importMode: 'delete' },
      { id: 'b', importMode: 'deleteIfMatchETag', etag: 'stale' },
      { id: 'nobody', importMode: 'delete' },
    ];
    expect(recordIn(await ask('POST', '/devices', { body }))).toMatchObject({
      isSuccessful: false,
      errors: [
        { deviceId: 'b', errorCode: 'PreconditionFailed' },
        { deviceId: 'nobody', errorCode: 'DeviceNotFound' },
      ],
      warnings: [],
    });
    expect((await ask('GET', '/devices/b')).status).toBe(200);
  });
});

describe('a hub refuses, in its own style,', () => {
  const ARGUMENT = [400, 'ArgumentInvalid', 'ErrorCode:ArgumentInvalid'];
  const UNAUTHORIZED = [401, 'IotHubUnauthorizedAccess', 'ErrorCode:IotHubUnauthorizedAccess'];
  const NOT_IMPLEMENTED = [501, 'NotImplemented', 'ErrorCode:NotImplemented'];
  const NOT_ALLOWED = [405, 'MethodNotAllowed', 'ErrorCode:MethodNotAllowed'];

  it.each([
    [
      'a query other than of all devices',
      'POST',
      '/devices/query',
      { query: 'SELECT deviceId FROM devices' },
      ARGUMENT,
    ],
    ['a query without a query', 'POST', '/devices/query', {}, ARGUMENT],
    ['a query that is no JSON', 'POST', '/devices/query', '{', ARGUMENT],
    ['a query that is an array', 'POST', '/devices/query', [], ARGUMENT],
    ['a list of no devices', 'GET', '/devices?top=0', undefined, ARGUMENT],
    ['a bulk that is no list', 'POST', '/devices', { id: 'a' }, ARGUMENT],
    ['a bulk of nothing', 'POST', '/devices', [], ARGUMENT],
    ['a bulk that is no JSON', 'POST', '/devices', '[', ARGUMENT],
    ['a bulk with an entry without id', 'POST', '/devices', [{ importMode: 'delete' }], ARGUMENT],
    [
      'a bulk that deletes and creates',
      'POST',
      '/devices',
      [
        { id: 'a', importMode: 'delete' },
        { id: 'b', importMode: 'create' },
      ],
      NOT_IMPLEMENTED,
    ],
    ['a body over the limit', 'POST', '/devices/query', { query: 'x'.repeat(100 * 1024) }, ARGUMENT],
    ['creating a device', 'PUT', '/devices/new', { deviceId: 'new' }, NOT_IMPLEMENTED],
    ['writing a twin', 'PATCH', '/twins/a', { tags: { site: 'b' } }, NOT_IMPLEMENTED],
    ['calling a method', 'POST', '/twins/a/methods', { methodName: 'x' }, NOT_IMPLEMENTED],
    ['a method that no hub knows', 'POST', '/devices/a', {}, NOT_ALLOWED],
    ['deleting a twin', 'DELETE', '/twins/a', undefined, NOT_ALLOWED],
    ['a device that is not there', 'GET', '/devices/..%2F..%2Fetc', undefined, NOT_FOUND],
  ])('%s', async (_title, method, path, body, expected) => {
    await registered('a');
    expect(hubErrorOf(await ask(method, path, { body }))).toEqual(expected);
    expect(recordIn(await ask('GET', '/statistics/devices')).totalDeviceCount).toBe(1);
    expect(recordIn(await ask('GET', '/twins/a')).tags).toEqual({ site: 'a' });
  });

  it('a request without an api-version', async () => {
    expect(hubErrorOf(await ask('GET', '/devices/', { apiVersion: null }))).toEqual(ARGUMENT);
  });

  it.each([
    ['no token', null, /no-credential/],
    ['a token of an unknown policy', policyToken({ host: HUB, keyName: 'nobody', key: POLICY_KEY }), /unknown-policy/],
    [
      'a token that has expired',
      policyToken({ host: HUB, keyName: 'mine', key: POLICY_KEY, ttlSeconds: -1 }),
      /expired/,
    ],
    [
      'a token for another hub',
      policyToken({ host: 'x.azure-devices.net', keyName: 'mine', key: POLICY_KEY }),
      /wrong-resource/,
    ],
    [
      "a provisioning service's token",
      policyToken({ host: 'one.azure-devices-provisioning.net', keyName: 'mine', key: POLICY_KEY }),
      /is a provisioning service; .*use a hub's connection string/,
    ],
  ])('%s', async (_title, token, reason) => {
    const answer = await ask('GET', '/devices/', { token, headers: { host: HUB } });
    expect(hubErrorOf(answer)).toEqual(UNAUTHORIZED);
    expect(recordIn(answer).ExceptionMessage).toMatch(reason);
  });

  it.each([
    ['iothubowner', [200, 404, 404]],
    ['registryRead', [200, 401, 401]],
    ['registryReadWrite', [200, 404, 401]],
    ['service', [401, 401, 404]],
    ['device', [401, 401, 401]],
    ['mine', [200, 401, 401]],
  ])('what the policy %s has no right to', async (keyName, expected) => {
    const hub = (await emulator.exportSetUp()).hubs?.find((one) => typeof one === 'object' && one.name === HUB);
    const policy = typeof hub === 'object' ? hub.policies?.find((one) => one.keyName === keyName) : undefined;
    const token = policyToken({ host: HUB, keyName, key: policy?.primaryKey ?? '' });
    const answers = [
      await ask('GET', '/devices/', { token }),
      await ask('DELETE', '/devices/nobody', { token }),
      await ask('GET', '/twins/nobody', { token }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(expected);
  });
});

describe('the hub', () => {
  it('is the one that Host names, else the one for which the token was made', async () => {
    await registered('a');
    const [, other] = (await emulator.connectionStrings()).hubs;
    const client2 = await serviceClient(emulator, other?.connectionString);
    for (const headers of [{}, { host: OTHER_HUB }]) {
      const answer = await client2.ask('GET', '/devices/', { apiVersion: HUB_API_VERSION, headers });
      expect([answer.status, answer.body]).toEqual([200, []]);
    }
  });

  it('that cannot be told is 404, with a list of those that there are', async () => {
    const answer = await ask('GET', '/devices/', {
      token: policyToken({ host: 'localhost', keyName: 'mine', key: POLICY_KEY }),
    });
    expect(answer.status).toBe(404);
    expect(recordIn(answer).Message).toContain(`Known: ${HUB}, ${OTHER_HUB}.`);
  });
});
