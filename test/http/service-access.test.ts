/** Who may use the service API: policies and their rights, tokens, and the instance that a request is for. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, type SetUp, startEmulator } from '../../emulator/index.ts';
import { GROUP_KEY, HUB, lentEmulatorsForTests, OTHER_HUB, OTHER_SCOPE, SCOPE } from '../flows/support/emulators.ts';
import {
  errorCodeOf,
  fieldsOf,
  policyToken,
  recordIn,
  type ServiceClient,
  serviceClient,
} from './support/service-client.ts';

const start = lentEmulatorsForTests();
const HOST = 'one.azure-devices-provisioning.net';
const OTHER_HOST = 'two.azure-devices-provisioning.net';
const POLICY_KEY = Buffer.alloc(32, 1).toString('base64');
const SECOND_KEY = Buffer.alloc(32, 2).toString('base64');
const attestation = { type: 'symmetricKey', symmetricKey: { primaryKey: GROUP_KEY } } as const;

const RIGHTS = ['EnrollmentRead', 'EnrollmentWrite', 'RegistrationStatusRead', 'RegistrationStatusWrite'] as const;

const SET_UP: SetUp = {
  dps: [
    {
      name: 'one',
      idScope: SCOPE,
      linkedHubs: [HUB],
      policies: [
        ...RIGHTS.map((right) => ({ keyName: right, rights: [right], primaryKey: POLICY_KEY })),
        { keyName: 'both', rights: ['EnrollmentRead'], primaryKey: POLICY_KEY, secondaryKey: SECOND_KEY },
      ],
      enrollments: [{ registrationId: 'device', attestation }],
      enrollmentGroups: [{ enrollmentGroupId: 'group', attestation }],
    },
    { name: 'two', idScope: OTHER_SCOPE, linkedHubs: [OTHER_HUB] },
  ],
};

let emulator: Emulator;
let client: ServiceClient;

beforeEach(async () => {
  emulator = await start({ setUp: SET_UP });
  client = await serviceClient(emulator);
});

const token = (keyName: string, more: Partial<Parameters<typeof policyToken>[0]> = {}): string =>
  policyToken({ host: HOST, keyName, key: POLICY_KEY, ...more });

describe('a shared access policy', () => {
  const OPERATIONS = [
    ['EnrollmentRead', 'GET', '/enrollments/device', 200],
    ['EnrollmentRead', 'GET', '/enrollmentGroups/group', 200],
    ['EnrollmentRead', 'POST', '/enrollments/query', 200],
    ['EnrollmentRead', 'POST', '/enrollmentGroups/query', 200],
    ['EnrollmentWrite', 'PUT', '/enrollments/device', 400],
    ['EnrollmentWrite', 'PUT', '/enrollmentGroups/group', 400],
    ['EnrollmentWrite', 'DELETE', '/enrollments/device', 204],
    ['EnrollmentWrite', 'DELETE', '/enrollmentGroups/group', 204],
    ['EnrollmentWrite', 'POST', '/enrollments', 400],
    ['EnrollmentWrite', 'POST', '/enrollmentGroups', 400],
    ['EnrollmentWrite', 'POST', '/enrollments/device/attestationmechanism', 200],
    ['EnrollmentWrite', 'POST', '/enrollmentGroups/group/attestationmechanism', 200],
    ['RegistrationStatusRead', 'GET', '/registrations/device', 404],
    ['RegistrationStatusRead', 'POST', '/registrations/group/query', 200],
    ['RegistrationStatusWrite', 'DELETE', '/registrations/device', 404],
  ] as const;

  it.each(OPERATIONS)('with %s, and no other right alone, allows %s %s', async (needed, method, path, status) => {
    for (const right of RIGHTS.filter((one) => one !== needed)) {
      const refused = await client.ask(method, path, { token: token(right) });
      expect([right, refused.status, errorCodeOf(refused)]).toEqual([right, 401, 401002]);
      expect(recordIn(refused)).toMatchObject({
        message: 'Unauthorized',
        info: { reason: `missing-right: the policy "${right}" has not the right ${needed}; it has: ${right}` },
      });
    }
    expect((await client.ask('GET', '/enrollments/device')).status).toBe(200);
    expect((await client.ask('GET', '/enrollmentGroups/group')).status).toBe(200);
    expect((await client.ask(method, path, { token: token(needed) })).status).toBe(status);
  });

  it('named provisioningserviceowner is there unasked, with keys of its own in every instance', async () => {
    const { dps } = await emulator.connectionStrings();
    expect(dps.map(({ host, idScope }) => [host, idScope])).toEqual([
      [HOST, SCOPE],
      [OTHER_HOST, OTHER_SCOPE],
    ]);
    const keys = dps.map(({ connectionString }) => fieldsOf(connectionString).key);
    expect(new Set(keys).size).toBe(2);
  });

  it('keeps its keys when the set-up is exported and started again, and when a seed does not mention it', async () => {
    const exported = await emulator.exportSetUp();
    await emulator.seed({ dps: [{ name: 'one', idScope: SCOPE }] });
    expect((await emulator.connectionStrings()).dps[0]?.connectionString).toContain(client.key);
    const again = await start({ setUp: exported });
    expect(await again.connectionStrings()).toEqual(await emulator.connectionStrings());
  });

  it.each([
    [
      'of one name twice',
      [
        { keyName: 'a', rights: [] },
        { keyName: 'A', rights: [] },
      ],
      /policies\[1\]\.keyName: stands twice/,
    ],
    ['with an unknown right', [{ keyName: 'a', rights: ['Everything'] }], /policies\[0\]\.rights\[0\]: must be one of/],
    ['with a key that is not base64', [{ keyName: 'a', rights: [], primaryKey: '!' }], /primaryKey: must be base64/],
  ])('%s is refused by the set-up check', async (_title, policies, message) => {
    const setUp = { dps: [{ name: 'x', idScope: SCOPE, policies }] } as unknown as SetUp;
    await expect(startEmulator({ setUp })).rejects.toThrow(message);
  });
});

describe('a token', () => {
  const read = (given: string | null, headers = {}) =>
    client.ask('GET', '/enrollments/device', { token: given, headers });

  it.each([
    ['the whole service', HOST],
    ['the service in another case', HOST.toUpperCase()],
    ['the service as a URL', `https://${HOST}/`],
    ['the folder', `${HOST}/enrollments`],
    ['the folder in another case', `${HOST}/ENROLLMENTS/`],
    ['the very record', `${HOST}/enrollments/device`],
  ])('for %s is accepted, encoded or not', async (_title, host) => {
    expect((await read(token('both', { host }))).status).toBe(200);
    expect((await read(token('both', { host, encode: encodeURIComponent }))).status).toBe(200);
  });

  it('may be signed with the secondary key, and name its policy in another case', async () => {
    expect((await read(token('BOTH', { key: SECOND_KEY }))).status).toBe(200);
  });

  const sas = (fields: string): string => `SharedAccessSignature ${fields}`;
  it.each<readonly [string, string | null, number, RegExp]>([
    ['that is missing', null, 401000, /^no-credential/],
    ['that is no token', 'Basic YTpi', 401000, /^malformed-token/],
    ['without a signature', sas(`sr=${HOST}&se=1&skn=both`), 401000, /^malformed-token: the field "sig"/],
    ['of Microsoft Entra', 'Bearer abc', 401002, /^bearer-not-emulated/],
    ['of an unknown policy', token('nobody'), 401002, /^unknown-policy: skn is "nobody"/],
    ['signed with another key', token('both', { key: GROUP_KEY }), 401002, /^wrong-key/],
    ['for another service', token('both', { host: OTHER_HOST }), 401002, /^wrong-resource/],
    ['for another folder', token('both', { host: `${HOST}/enrollmentGroups` }), 401002, /^wrong-resource/],
    [
      'for a record whose id begins alike',
      token('both', { host: `${HOST}/enrollments/dev` }),
      401002,
      /^wrong-resource/,
    ],
    [
      'for something below the record',
      token('both', { host: `${HOST}/enrollments/device/x` }),
      401002,
      /^wrong-resource/,
    ],
    ['that has expired', token('both', { ttlSeconds: -1 }), 401002, /^expired/],
  ])('%s is refused', async (_title, given, code, reason) => {
    const answer = await read(given, { host: HOST });
    expect([answer.status, errorCodeOf(answer), answer.headers['x-ms-error-code']]).toEqual([401, code, String(code)]);
    const { message, info } = recordIn(answer) as { message: string; info: { reason: string } };
    expect(message).toBe('Unauthorized');
    expect(info.reason).toMatch(reason);
  });

  it('that may not write changes nothing', async () => {
    const body = { registrationId: 'new', attestation: { type: 'symmetricKey' } };
    expect((await client.ask('PUT', '/enrollments/new', { body, token: token('both') })).status).toBe(401);
    expect((await client.ask('GET', '/enrollments/new')).status).toBe(404);
  });
});

describe('the instance', () => {
  it('is the one that Host names, whatever else is there', async () => {
    const [, two] = (await emulator.connectionStrings()).dps;
    const other = await serviceClient(emulator, two?.connectionString);
    const answer = await other.ask('GET', '/enrollments/device', {
      headers: { host: `${OTHER_HOST.toUpperCase()}:443` },
    });
    expect(errorCodeOf(answer)).toBe(404201);
    expect((await client.ask('GET', '/enrollments/device', { headers: { host: HOST } })).status).toBe(200);
  });

  it('is the one for which the token was made, when Host says nothing', async () => {
    const [, two] = (await emulator.connectionStrings()).dps;
    const other = await serviceClient(emulator, two?.connectionString);
    const body = { registrationId: 'second', attestation: { type: 'symmetricKey' } };
    expect((await other.ask('PUT', '/enrollments/second', { body })).status).toBe(200);
    expect((await client.ask('GET', '/enrollments/second')).status).toBe(404);
  });

  it('is the only one, for a connection string with the name that was dialled', async () => {
    const [one] = SET_UP.dps ?? [];
    const alone = await start({ setUp: { dps: one === undefined ? [] : [one] } });
    const localhost = `localhost:${alone.endpoints.https.port}`;
    for (const host of ['localhost', localhost]) {
      const dialled = await serviceClient(
        alone,
        `HostName=${host};SharedAccessKeyName=both;SharedAccessKey=${POLICY_KEY}`,
      );
      expect((await dialled.ask('GET', '/enrollments/device')).status).toBe(200);
    }
  });

  it('that cannot be told is 404, with a list of those that there are', async () => {
    const answer = await client.ask('GET', '/enrollments/device', { token: token('both', { host: 'localhost' }) });
    expect([answer.status, errorCodeOf(answer)]).toEqual([404, 404001]);
    expect(recordIn(answer).message).toBe(
      `There is no provisioning service "localhost" here. Known: ${HOST}, ${OTHER_HOST}.`,
    );
  });
});

describe('the connection string of an IoT hub', () => {
  it('is noticed by Host alone, too', async () => {
    const answer = await client.ask('GET', '/enrollments/device', { headers: { host: HUB } });
    expect(recordIn(answer).Message).toMatch(/^ErrorCode:ArgumentInvalid;.* is an IoT hub/);
  });

  it.each([
    ['GET', '/enrollmentGroups/group'],
    ['PUT', '/enrollments/new'],
    ['POST', '/registrations/group/query'],
  ])('is answered as a hub answers %s %s, and says whose to use', async (method, path) => {
    const [hub] = (await emulator.connectionStrings()).hubs;
    const misled = await serviceClient(emulator, hub?.connectionString);
    const body = { registrationId: 'new', attestation: { type: 'symmetricKey' } };
    const answer = await misled.ask(method, path, { ...(method === 'PUT' && { body }) });
    expect(answer.status).toBe(400);
    expect(answer.headers).not.toHaveProperty('x-ms-error-code');
    expect(recordIn(answer)).toEqual({
      Message: expect.stringMatching(
        new RegExp(
          `^ErrorCode:ArgumentInvalid;Unknown api version; uri: ${path}; "${HUB}" is an IoT hub.*provisioningserviceowner`,
        ),
      ),
      ExceptionMessage: expect.stringMatching(/^Tracking ID:[0-9a-f]{32}-G:0-TimeStamp:/),
    });
    expect((await client.ask('GET', '/enrollments/new')).status).toBe(404);
  });
});
