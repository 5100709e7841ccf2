/** What real back ends send and read: queries, etags, policies, members by api-version. (docs/fidelity.md, A8, S10, S23, S41, S44, S45) */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../emulator/index.ts';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import { HUB, lentEmulatorsForTests, OTHER_HUB, SCOPE, setUpForDevices, tokenFor } from '../flows/support/emulators.ts';
import { httpsClient, registerQuestion } from './support/https-client.ts';
import { errorCodeOf, recordIn, type ServiceClient, serviceClient } from './support/service-client.ts';

const start = lentEmulatorsForTests();
const attestation = { type: 'symmetricKey' };

let emulator: Emulator;
let client: ServiceClient;

beforeEach(async () => {
  const setUp = { dps: [{ name: 'one', idScope: SCOPE, linkedHubs: [HUB, OTHER_HUB] }] };
  emulator = await start({ setUp, seed: 'back-ends' });
  client = await serviceClient(emulator);
});

const KINDS = [
  ['enrollments', 'registrationId'],
  ['enrollmentGroups', 'enrollmentGroupId'],
] as const;

const put = (kind: string, idMember: string, more: object = {}, apiVersion?: string) =>
  client.ask('PUT', `/${kind}/thing`, {
    body: { [idMember]: 'thing', attestation, ...more },
    headers: { 'if-match': '*' },
    ...(apiVersion !== undefined && { apiVersion }),
  });

function notes(): readonly string[] {
  const found = emulator.journal.timelines().find(({ kind }) => kind === 'service');
  return found?.entries.map(({ text }) => text) ?? [];
}

describe('a query lists everything, whatever its text', () => {
  const CLI = "{'additional_properties': {}, 'query': 'SELECT *'}";

  it.each([
    ['the real CLI', CLI],
    ['a condition', "SELECT * WHERE registrationId = 'other'"],
    ['another language', 'DROP TABLE enrollments'],
    ['a page of another kind', 'SELECT * FROM twins WHERE 1 = 0'],
  ])('as %s sends it, and the journal notes that it was not looked at', async (_whose, query) => {
    for (const [kind, idMember] of KINDS) {
      await put(kind, idMember);
      const answer = await client.ask('POST', `/${kind}/query`, { body: { query } });
      expect([answer.status, (answer.body as { [name: string]: string }[]).map((one) => one[idMember])]).toEqual([
        200,
        ['thing'],
      ]);
    }
    expect((await client.ask('POST', '/registrations/thing/query', { body: { query } })).body).toEqual([]);
    expect(notes()).toHaveLength(3);
    expect(notes()[0]).toContain('was not looked at');
  });

  it.each([
    { query: 'SELECT * FROM enrollments' },
    { query: '*' },
    { query: null },
    { Query: 'select *' },
    {},
  ])('and nothing is noted of %j, which asks for that', async (body) => {
    expect((await client.ask('POST', '/enrollments/query', { body })).status).toBe(200);
    expect(notes()).toEqual([]);
  });

  it.each([
    'SELECT *',
    '["SELECT *"]',
    '{"query":["SELECT *"]}',
    '{"where":"1 = 1"}',
    'null',
  ])('and %s, which is no query document, is 400004', async (body) => {
    for (const path of ['/enrollments/query', '/enrollmentGroups/query', '/registrations/thing/query']) {
      expect(errorCodeOf(await client.ask('POST', path, { body }))).toBe(400004);
    }
  });
});

describe.each(KINDS)('the etag of %s', (kind, idMember) => {
  it('is base64 of a quoted guid in PUT, GET and query, and If-Match takes it in every form', async () => {
    const { etag } = recordIn(await put(kind, idMember)) as { etag: string };
    expect(etag).toMatch(/^I[jm]/);
    const quoted = Buffer.from(etag, 'base64').toString();
    expect(quoted).toMatch(/^"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$/);
    expect(recordIn(await client.ask('GET', `/${kind}/thing`)).etag).toBe(etag);
    const [listed] = (await client.ask('POST', `/${kind}/query`, { body: {} })).body as { etag: string }[];
    expect(listed?.etag).toBe(etag);
    let current = etag;
    for (const form of [(base64: string) => base64, (base64: string) => `"${base64}"`, decoded, unquoted]) {
      const body = { [idMember]: 'thing', attestation };
      const headers = { 'if-match': form(current) };
      const answer = await client.ask('PUT', `/${kind}/thing`, { body, headers });
      expect(answer.status).toBe(200);
      current = String(recordIn(answer).etag);
    }
  });

  it('is the quoted guid in a set-up, which may be written with either', async () => {
    const { etag } = recordIn(await put(kind, idMember)) as { etag: string };
    const exported = async () => (await emulator.exportSetUp()).dps?.[0]?.[kind]?.[0]?.etag;
    expect(await exported()).toBe(decoded(etag));
    const record = { [idMember]: 'thing', attestation, etag };
    await emulator.seed({ dps: [{ name: 'one', idScope: SCOPE, [kind]: [record] }] } as never);
    expect(await exported()).toBe(decoded(etag));
    expect(recordIn(await client.ask('GET', `/${kind}/thing`)).etag).toBe(etag);
  });
});

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString();
const unquoted = (base64: string): string => decoded(base64).replaceAll('"', '');

describe.each(KINDS)('%s', (kind, idMember) => {
  it.each([{}, { iotHubs: [] }, { iotHubs: [HUB, OTHER_HUB] }])('may be static with %j', async (more) => {
    expect((await put(kind, idMember, { allocationPolicy: 'static', ...more })).status).toBe(200);
    const document = { ...more, [idMember]: 'other', attestation, allocationPolicy: 'static' };
    await emulator.seed({ dps: [{ name: 'one', idScope: SCOPE, [kind]: [document] }] } as never);
    expect(recordIn(await client.ask('GET', `/${kind}/other`)).allocationPolicy).toBe('static');
  });

  it('is refused in the words of the service when custom has no definition', async () => {
    const answer = recordIn(await put(kind, idMember, { allocationPolicy: 'custom' }));
    expect([answer.errorCode, answer.message]).toEqual([
      400004,
      "A CustomAllocationDefinition is required when the allocation policy is set to 'Custom'",
    ]);
  });

  it.each([
    ['credentialPolicyName', '2025-07-01-preview', '2021-10-01'],
    ['credentialPolicyName', '2026-07-01-preview', '2021-11-01-preview'],
    ['namespaceName', '2026-11-01', '2026-07-01-preview'],
    ['certificateAuthorityName', '2026-11-02-preview', '2026-04-01'],
    ['certificatePolicyName', '2026-11-15-preview', '2025-07-01-preview'],
  ])('keeps %s, which %s knows and %s does not', async (member, knowing, older) => {
    const written = await put(kind, idMember, { [member]: 'mine' }, knowing);
    expect([written.status, recordIn(written)[member]]).toEqual([200, 'mine']);
    expect(recordIn(await client.ask('GET', `/${kind}/thing`, { apiVersion: knowing }))[member]).toBe('mine');
    expect(recordIn(await client.ask('GET', `/${kind}/thing`, { apiVersion: older }))).not.toHaveProperty(member);
    expect((await emulator.exportSetUp()).dps?.[0]?.[kind]?.[0]).toMatchObject({ [member]: 'mine' });
    const refused = await put(kind, idMember, { [member]: 'mine' }, older);
    expect([refused.status, String(recordIn(refused).message)]).toEqual([400, expect.stringContaining(member)]);
  });
});

it('an api-version of the service API alone is none of the device API', async () => {
  const device = httpsClient(emulator);
  const path = `/${SCOPE}/registrations/d/register?api-version=2026-07-01-preview`;
  expect((await device.ask({ method: 'PUT', path })).body.errorCode).toBe(400001);
  expect((await client.ask('GET', '/enrollments/none', { apiVersion: '2019-01-15' })).status).toBe(400);
  device.close();
});

it.each([
  ['2025-07-01-preview', { credentialPolicyName: 'mine' }],
  ['2021-10-01', {}],
])('a webhook of the version %s is told %j of the newer members, the quoted etag, and instants without zeros', async (apiVersion, told) => {
  const webhook = await startStandIn([{ kind: 'json', body: { iotHubHostName: HUB } }]);
  const custom = {
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl: webhook.url, apiVersion },
    credentialPolicyName: 'mine',
    namespaceName: 'mine',
  } as const;
  await emulator.seed(setUpForDevices(custom));
  const device = httpsClient(emulator);
  await device.ask(
    registerQuestion({ registrationId: 'd' }, { headers: { Authorization: tokenFor({ registrationId: 'd' }) } }),
  );
  device.close();
  await emulator.clock.untilSleeping(0);
  await webhook.stop();
  const { enrollmentGroup } = JSON.parse(webhook.requests[0]?.bodyText ?? '{}');
  const { credentialPolicyName, namespaceName, etag, createdDateTimeUtc, lastUpdatedDateTimeUtc } = enrollmentGroup;
  expect({ ...(credentialPolicyName && { credentialPolicyName }), ...(namespaceName && { namespaceName }) }).toEqual(
    told,
  );
  expect(etag).toMatch(/^"[0-9a-f-]{36}"$/);
  expect([createdDateTimeUtc, lastUpdatedDateTimeUtc]).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z']);
});
