/** The service API on the wire: every address, its answers, and bad input on each of them. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../emulator/index.ts';
import { GROUP_KEY, HUB, lentEmulatorsForTests, OTHER_HUB, SCOPE } from '../flows/support/emulators.ts';
import { errorCodeOf, recordIn, type ServiceClient, serviceClient } from './support/service-client.ts';

const start = lentEmulatorsForTests();
const attestation = { type: 'symmetricKey' };
const keys = { primaryKey: GROUP_KEY, secondaryKey: GROUP_KEY };
/** base64 of a quoted guid. */
const ETAG = /^I[jm][0-9A-Za-z+/]{49}=$/;

let emulator: Emulator;
let client: ServiceClient;

beforeEach(async () => {
  emulator = await start({
    setUp: { dps: [{ name: 'one', idScope: SCOPE, linkedHubs: [HUB, OTHER_HUB] }] },
    seed: 'service-routes',
  });
  client = await serviceClient(emulator);
});

interface Kind {
  readonly name: string;
  readonly path: string;
  readonly collection: 'enrollments' | 'enrollmentGroups';
  readonly idMember: 'registrationId' | 'enrollmentGroupId';
  readonly notFound: number;
  readonly itemType: string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'an individual enrollment',
    path: '/enrollments',
    collection: 'enrollments',
    idMember: 'registrationId',
    notFound: 404201,
    itemType: 'enrollment',
  },
  {
    name: 'an enrollment group',
    path: '/enrollmentGroups',
    collection: 'enrollmentGroups',
    idMember: 'enrollmentGroupId',
    notFound: 404204,
    itemType: 'enrollmentGroup',
  },
];

describe.each(KINDS)('$name', ({ path, collection, idMember, notFound, itemType }) => {
  const put = (id: string, more: object = {}, headers: Record<string, string> = {}) =>
    client.ask('PUT', `${path}/${id}`, { body: { [idMember]: id, attestation, ...more }, headers });

  it('is answered with generated keys of 64 bytes by PUT, without keys by GET', async () => {
    const created = recordIn(await put('Thing-1'));
    const { symmetricKey } = created.attestation as { symmetricKey: { primaryKey: string; secondaryKey: string } };
    expect(Buffer.from(symmetricKey.primaryKey, 'base64')).toHaveLength(64);
    expect(symmetricKey.secondaryKey).not.toBe(symmetricKey.primaryKey);
    expect(created.etag).toMatch(ETAG);

    const got = await client.ask('GET', `${path}/thing-1`);
    expect(recordIn(got)).toEqual({ ...created, attestation: { type: 'symmetricKey' } });
    expect(got.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(got.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);

    const mechanism = await client.ask('POST', `${path}/THING-1/attestationMechanism`);
    expect(recordIn(mechanism)).toEqual({ type: 'symmetricKey', symmetricKey });
  });

  it('has no members that it was not given', async () => {
    const answer = recordIn(await put('bare'));
    expect(Object.keys(answer)).toEqual([
      idMember,
      'attestation',
      'etag',
      'provisioningStatus',
      'createdDateTimeUtc',
      'lastUpdatedDateTimeUtc',
    ]);
    expect(answer.provisioningStatus).toBe('enabled');
  });

  it('keeps what the CLI always sends as it was sent', async () => {
    const sent = {
      initialTwin: { tags: {}, properties: { desired: {} } },
      capabilities: { iotEdge: false },
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
      provisioningStatus: 'enabled',
      iotHubHostName: null,
      allocationPolicy: null,
      customAllocationDefinition: null,
    };
    await put('cli', sent);
    const answer = recordIn(await client.ask('GET', `${path}/cli`));
    expect(answer).toMatchObject({
      initialTwin: sent.initialTwin,
      capabilities: sent.capabilities,
      reprovisionPolicy: sent.reprovisionPolicy,
    });
    expect(Object.values(answer)).not.toContain(null);
  });

  it("takes the words of a choice in any case and answers the API's own", async () => {
    const answer = recordIn(
      await put('words', {
        allocationPolicy: 'GeoLatency',
        provisioningStatus: 'Disabled',
        attestation: { type: 'SymmetricKey' },
        iotHubs: [HUB],
      }),
    );
    expect(answer).toMatchObject({
      allocationPolicy: 'geoLatency',
      provisioningStatus: 'disabled',
      attestation: { type: 'symmetricKey' },
    });
  });

  it('is created by a PUT without If-Match, replaced by one with its etag or "*", and has a new etag each time', async () => {
    const first = recordIn(await put('thing', { capabilities: { iotEdge: true } }));
    expect(errorCodeOf(await put('thing'))).toBe(409201);
    const second = recordIn(await put('thing', {}, { 'if-match': String(first.etag) }));
    expect(second).not.toHaveProperty('capabilities');
    const third = recordIn(await put('thing', {}, { 'if-match': '*' }));
    expect(new Set([first.etag, second.etag, third.etag]).size).toBe(3);
    const stale = await put('thing', { capabilities: { iotEdge: true } }, { 'if-match': String(first.etag) });
    expect([stale.status, errorCodeOf(stale), stale.headers['x-ms-error-code']]).toEqual([412, 412001, '412001']);
    expect(recordIn(await client.ask('GET', `${path}/thing`)).etag).toBe(third.etag);
  });

  it('that is not there answers 412 to a PUT with an etag, and is created by one with "*"', async () => {
    expect(errorCodeOf(await put('thing', {}, { 'if-match': '"1"' }))).toBe(412001);
    expect((await put('thing', {}, { 'if-match': '*' })).status).toBe(200);
  });

  it('keeps its keys in an update that leaves them out', async () => {
    await put('thing', { attestation: { type: 'symmetricKey', symmetricKey: keys } });
    const got = recordIn(await client.ask('GET', `${path}/thing`));
    const answer = await client.ask('PUT', `${path}/thing`, { body: got, headers: { 'if-match': '*' } });
    expect(recordIn(answer).attestation).toEqual({ type: 'symmetricKey', symmetricKey: keys });
  });

  it('masks the query of its webhook, and keeps the URL when the masked one is written back', async () => {
    const webhookUrl = 'https://functions.example/api/allocate?code=secret';
    await put('hook', {
      allocationPolicy: 'custom',
      customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
    });
    const got = recordIn(await client.ask('GET', `${path}/hook`));
    expect(got.customAllocationDefinition).toEqual({
      webhookUrl: 'https://functions.example/api/allocate?****',
      apiVersion: '2021-10-01',
    });
    await client.ask('PUT', `${path}/hook`, { body: got, headers: { 'if-match': '*' } });
    const [instance] = (await emulator.exportSetUp()).dps ?? [];
    expect(instance?.[collection]?.[0]?.customAllocationDefinition?.webhookUrl).toBe(webhookUrl);
  });

  it('is deleted with 204 and no body, once, and only by its etag when one is given', async () => {
    const { etag } = recordIn(await put('thing'));
    expect(errorCodeOf(await client.ask('DELETE', `${path}/thing`, { headers: { 'if-match': '"stale"' } }))).toBe(
      412001,
    );
    const gone = await client.ask('DELETE', `${path}/Thing/`, { headers: { 'if-match': String(etag) } });
    expect([gone.status, gone.text, gone.headers['content-type']]).toEqual([204, '', undefined]);
    expect(errorCodeOf(await client.ask('DELETE', `${path}/thing`))).toBe(notFound);
    expect(errorCodeOf(await client.ask('GET', `${path}/thing`))).toBe(notFound);
    expect(errorCodeOf(await client.ask('POST', `${path}/thing/attestationmechanism`))).toBe(notFound);
  });

  it('has other keys after it was deleted and created anew', async () => {
    const before = recordIn(await put('thing')).attestation;
    await client.ask('DELETE', `${path}/thing`);
    expect(recordIn(await put('thing')).attestation).not.toEqual(before);
  });

  it('lets one of two writers with one etag win, and answers 412 to the other', async () => {
    const { etag } = recordIn(await put('thing'));
    const other = await serviceClient(emulator);
    const write = (writer: ServiceClient, tag: string) =>
      writer.ask('PUT', `${path}/thing`, {
        body: { [idMember]: 'thing', attestation, initialTwin: { tags: { tag } } },
        headers: { 'if-match': String(etag) },
      });
    const [a, b] = await Promise.all([write(client, 'a'), write(other, 'b')]);
    expect([a.status, b.status].toSorted()).toEqual([200, 412]);
    const winner = a.status === 200 ? 'a' : 'b';
    expect(recordIn(await client.ask('GET', `${path}/thing`)).initialTwin).toEqual({ tags: { tag: winner } });
  });

  it('is listed page by page, oldest first, without keys, and without a continuation on the last page', async () => {
    for (const id of ['c', 'a', 'b', 'd']) await put(id);
    const first = await client.ask('POST', `${path}/query`, {
      body: { query: 'SELECT *' },
      headers: { 'x-ms-max-item-count': '2' },
    });
    expect((first.body as Record<string, unknown>[]).map((one) => one[idMember])).toEqual(['c', 'a']);
    expect(first.text).not.toContain('primaryKey');
    expect(first.headers['x-ms-item-type']).toBe(itemType);
    expect(first.headers['x-ms-max-item-count']).toBe('2');
    // What comes and goes between two pages neither repeats nor hides an item.
    await client.ask('DELETE', `${path}/a`);
    await put('e');
    const headers = { 'x-ms-max-item-count': '3', 'x-ms-continuation': String(first.headers['x-ms-continuation']) };
    const last = await client.ask('POST', `${path}/query/`, { body: '', headers });
    expect((last.body as Record<string, unknown>[]).map((one) => one[idMember])).toEqual(['b', 'd', 'e']);
    expect(last.headers).not.toHaveProperty('x-ms-continuation');
  });

  it('is written in bulk, each entry on its own, with the failures named', async () => {
    const bulk = async (mode: string, entries: readonly object[]) =>
      recordIn(await client.ask('POST', `${path}/`, { body: { [collection]: entries, mode } }));
    const { etag } = recordIn(await put('there'));
    expect(
      await bulk('create', [
        { [idMember]: 'new', attestation },
        { [idMember]: 'there', attestation },
      ]),
    ).toEqual({
      isSuccessful: false,
      errors: [{ [idMember]: 'there', errorCode: 409201, errorStatus: 'Enrollment already exists' }],
    });
    expect(
      await bulk('updateIfMatchETag', [
        { [idMember]: 'there', attestation, etag },
        { [idMember]: 'new', attestation, etag: '"stale"' },
        { [idMember]: 'absent', attestation, etag },
        { [idMember]: 'new', attestation },
      ]),
    ).toMatchObject({
      isSuccessful: false,
      errors: [
        { [idMember]: 'new', errorCode: 412001 },
        { [idMember]: 'absent', errorCode: notFound },
        { [idMember]: 'new', errorCode: 400004, errorStatus: 'etag is required.' },
      ],
    });
    expect(await bulk('UPDATE', [{ [idMember]: 'new', attestation }])).toEqual({ isSuccessful: true, errors: [] });
    expect(await bulk('update', [{ [idMember]: 'absent', attestation }, { [idMember]: 'new' }])).toMatchObject({
      errors: [{ errorCode: notFound }, { errorCode: 400004 }],
    });
    expect(await bulk('delete', [{ [idMember]: 'new' }, { [idMember]: 'there' }])).toEqual({
      isSuccessful: true,
      errors: [],
    });
    expect((await client.ask('POST', `${path}/query`)).body).toEqual([]);
  });

  const record = (more: object, id = 'bad') => ({ [idMember]: id, attestation, ...more });
  const custom = { webhookUrl: 'https://functions.example/', apiVersion: '2021-10-01' };

  /** What a PUT of `bad` is refused for, and the words where they are known. */
  const BAD_RECORDS: readonly (readonly [title: string, body: unknown, message: RegExp])[] = [
    ['JSON that is cut off', '{"attestation":', /not valid JSON/],
    ['an empty body', '', /not valid JSON/],
    ['an array', [], /must be a JSON object/],
    ['null', 'null', /must be a JSON object/],
    ['no id', { attestation }, /Id is required/],
    ['another id than in the address', record({}, 'other'), /differs from the one in the address/],
    ['an id that is a number', { [idMember]: 7, attestation }, /must be a string/],
    ['no attestation', { [idMember]: 'bad' }, /^TPM or X509 attestation is required\.$/],
    ['an unknown attestation', record({ attestation: { type: 'magic' } }), /attestation\.type/],
    ['a member that nobody knows', record({ allocationPolcy: 'hashed' }), /allocationPolcy is not a known member/],
    [
      'a member named __proto__',
      `{"${idMember}":"bad","attestation":{"type":"symmetricKey"},"__proto__":{}}`,
      /__proto__/,
    ],
    ['a member named constructor', record({ constructor: 'x' }), /constructor is not a known member/],
    ['an unknown policy', record({ allocationPolicy: 'random' }), /allocationPolicy must be one of/],
    ['an unknown status', record({ provisioningStatus: 'maybe' }), /provisioningStatus must be one of/],
    [
      'hubs without a policy',
      record({ iotHubs: [HUB] }),
      /^Enrollment allocationPolicy must be specified when iotHubs are specified\.$/,
    ],
    [
      'a hub that is not linked',
      record({ allocationPolicy: 'hashed', iotHubs: ['x.azure-devices.net'] }),
      /not linked/,
    ],
    [
      'custom without a definition',
      record({ allocationPolicy: 'Custom' }),
      /^A CustomAllocationDefinition is required when the allocation policy is set to 'Custom'$/,
    ],
    [
      'a definition without URL',
      record({ allocationPolicy: 'custom', customAllocationDefinition: { ...custom, webhookUrl: '' } }),
      /webhookUrl is required/,
    ],
    [
      'a definition without version',
      record({ allocationPolicy: 'custom', customAllocationDefinition: { webhookUrl: custom.webhookUrl } }),
      /apiVersion is required/,
    ],
    [
      'a reprovision policy with half its members',
      record({ reprovisionPolicy: { migrateDeviceData: true } }),
      /is required/,
    ],
    ['capabilities that are no object', record({ capabilities: true }), /capabilities must be an object/],
    [
      'a key that is not base64',
      record({ attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: 'no key' } } }),
      /primaryKey must be the base64 of 16 to 64 bytes/,
    ],
    [
      'a key that is too short',
      record({ attestation: { type: 'symmetricKey', symmetricKey: { secondaryKey: 'c2hvcnQ=' } } }),
      /secondaryKey must be the base64 of 16 to 64 bytes/,
    ],
    ['a twin beyond the limits of a hub', record({ initialTwin: { tags: { 'a.b': 1 } } }), /initialTwin: /],
    ['a twin that is text', record({ initialTwin: 'x' }), /initialTwin must be an object/],
  ];

  it.each(BAD_RECORDS)('is not written with %s', async (_title, body, message) => {
    const answer = await client.ask('PUT', `${path}/bad`, { body });
    expect([answer.status, errorCodeOf(answer), answer.headers['x-ms-error-code']]).toEqual([400, 400004, '400004']);
    expect(recordIn(answer).message).toMatch(message);
    expect((await client.ask('GET', `${path}/bad`)).status).toBe(404);
  });

  it.each([
    '..%2F..%2Fetc%2Fpasswd',
    '%2e%2e',
    'a%2Fb',
    'a%00b',
    'with%20space',
    'ends.',
    'x'.repeat(129),
    '%E2%82%AC',
  ])('refuses the id %.40s in an address, whatever is asked of it', async (id) => {
    for (const [method, tail] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/attestationmechanism'],
    ] as const) {
      const body = method === 'PUT' ? { [idMember]: decodeURIComponent(id), attestation } : undefined;
      const answer = await client.ask(method, `${path}/${id}${tail}`, { body });
      expect([method, answer.status, errorCodeOf(answer)]).toEqual([method, 400, 400004]);
    }
    expect((await client.ask('POST', `${path}/query`)).body).toEqual([]);
  });

  it('does not leave its folder with dots in the address', async () => {
    const answer = await client.ask('GET', `${path}/../../etc/passwd`);
    expect([answer.status, errorCodeOf(answer)]).toEqual([404, 404001]);
  });

  it.each([
    ['PATCH', '/thing'],
    ['POST', '/thing'],
    ['OPTIONS', '/thing'],
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', '/'],
    ['GET', '/thing/attestationmechanism'],
    ['PATCH', '/query'],
    ['PROPFIND', '/thing'],
  ])('answers 405 to %s %s', async (method, tail) => {
    await put('thing');
    const answer = await client.ask(method, `${path}${tail}`, { body: { [idMember]: 'thing', attestation } });
    expect([answer.status, errorCodeOf(answer)]).toEqual([405, 405001]);
    expect(answer.headers.allow).not.toContain(method);
    expect(answer.headers.allow).toMatch(/^[A-Z]+(, [A-Z]+)*$/);
    expect((await client.ask('GET', `${path}/thing`)).status).toBe(200);
  });

  it.each([
    ['no mode', { [collection]: [record({})] }, /mode is required/],
    ['an unknown mode', { [collection]: [record({})], mode: 'upsert' }, /mode must be one of/],
    ['no entries', { mode: 'create' }, /^(enrollments|enrollmentGroups) is required\./],
    ['entries that are no list', { [collection]: {}, mode: 'create' }, /must be an array\./],
    ['an empty list', { [collection]: [], mode: 'create' }, /1 to 10/],
    [
      'eleven entries',
      { [collection]: Array.from({ length: 11 }, (_, n) => record({}, `d${n}`)), mode: 'create' },
      /1 to 10/,
    ],
    ['a member that nobody knows', { [collection]: [record({})], mode: 'create', force: true }, /force is not/],
    ['JSON that is cut off', `{"mode":"create","${collection}":[`, /not valid JSON/],
  ])('refuses a bulk with %s and writes none of it', async (_title, body, message) => {
    const answer = await client.ask('POST', path, { body });
    expect([answer.status, errorCodeOf(answer)]).toEqual([400, 400004]);
    expect(recordIn(answer).message).toMatch(message);
    expect((await client.ask('POST', `${path}/query`)).body).toEqual([]);
  });

  it('names the entries of a bulk that are no enrollment at all', async () => {
    const answer = recordIn(await client.ask('POST', path, { body: { [collection]: [7, null, {}], mode: 'create' } }));
    expect(answer).toMatchObject({ isSuccessful: false, errors: [{ errorCode: 400004 }, { errorCode: 400004 }, {}] });
  });

  it.each([
    ['a query that is no text', { body: { query: 1 } }],
    ['a member that nobody knows', { body: { query: 'SELECT *', top: 3 } }],
    ['JSON that is cut off', { body: '{' }],
    ['a page of no items', { headers: { 'x-ms-max-item-count': '0' } }],
    ['a page of some items', { headers: { 'x-ms-max-item-count': 'some' } }],
    ['a continuation that nobody gave', { headers: { 'x-ms-continuation': 'bm90aGluZw' } }],
  ])('refuses a query with %s', async (_title, question) => {
    const answer = await client.ask('POST', `${path}/query`, question);
    expect([answer.status, errorCodeOf(answer)]).toEqual([400, 400004]);
  });

  it('refuses a body over the limit, and one that is not JSON by its type', async () => {
    const big = record({ initialTwin: { tags: { text: 'x'.repeat(100 * 1024) } } });
    const tooBig = await client.ask('PUT', `${path}/bad`, { body: big });
    expect([tooBig.status, errorCodeOf(tooBig)]).toEqual([400, 400004]);
    const xml = await client.ask('PUT', `${path}/bad`, { body: '<a/>', headers: { 'content-type': 'text/xml' } });
    expect([xml.status, errorCodeOf(xml)]).toEqual([415, 415001]);
    expect((await client.ask('GET', `${path}/bad`)).status).toBe(404);
  });

  it('leaves out of an answer what the api-version does not know', async () => {
    await put('old', {
      capabilities: { iotEdge: true },
      reprovisionPolicy: { updateHubAssignment: false, migrateDeviceData: false },
      allocationPolicy: 'static',
      iotHubs: [HUB],
    });
    const membersAt = async (apiVersion: string) =>
      Object.keys(recordIn(await client.ask('GET', `${path}/old`, { apiVersion }))).filter((name) =>
        ['capabilities', 'reprovisionPolicy', 'allocationPolicy', 'iotHubs'].includes(name),
      );
    expect(await membersAt('2017-11-15')).toEqual([]);
    expect(await membersAt('2018-04-01')).toEqual(['capabilities']);
    expect(await membersAt('2018-09-01-preview')).toHaveLength(4);
    for (const apiVersion of [null, '1999-01-01']) {
      expect(errorCodeOf(await client.ask('GET', `${path}/old`, { apiVersion }))).toBe(400001);
    }
  });
});

it('finds an enrollment whose id is "query", and not the id that it was deleted under', async () => {
  await client.ask('PUT', '/enrollments/query', { body: { registrationId: 'query', attestation } });
  expect(recordIn(await client.ask('GET', '/enrollments/query')).registrationId).toBe('query');
  expect((await client.ask('DELETE', '/enrollments/query')).status).toBe(204);
});
