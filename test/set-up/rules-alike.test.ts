/** A record that breaks a rule is refused by the service API, in a set-up and as a seed; one that breaks none is taken by all. */
import { describe, expect, it } from 'vitest';
import { HUB_A, SCOPE, setUpOf } from '../core/service-harness.ts';
import { partsWith } from './support/parts.ts';

const SERVICE = 'dps-1';
const attestation = { type: 'symmetricKey' };
const definition = { webhookUrl: 'https://functions.example/x?code=secret', apiVersion: '2021-10-01' };
const custom = (more: object) => ({
  allocationPolicy: 'custom',
  customAllocationDefinition: { ...definition, ...more },
});

/** So many objects, one inside the other. */
const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });

/** What the record has, and what it is refused for, in the words of the service API and in those of a document. */
const REFUSED: readonly (readonly [what: string, record: object, sentence: RegExp, fault: RegExp])[] = [
  ...['not a url', 'ftp://functions.example/', 'functions.example/x', 'https://'].map(
    (webhookUrl) =>
      [
        `the webhook URL "${webhookUrl}"`,
        custom({ webhookUrl }),
        /^customAllocationDefinition\.webhookUrl must be an http or https URL\.$/,
        /customAllocationDefinition\.webhookUrl: must be an http or https URL/,
      ] as const,
  ),
  ['a masked URL', custom({ webhookUrl: 'https://functions.example/x?****' }), /must be whole/, /must be whole/],
  ['an old version', custom({ apiVersion: '2018-04-01' }), /must be 2018-09-01-preview or later\.$/, /or later/],
  [
    'a host that is not linked',
    { iotHubHostName: 'x' },
    /^The IoT hub "x" is not linked/,
    /iotHubHostName: must be one/,
  ],
  [
    'a hub that is not linked',
    { allocationPolicy: 'hashed', iotHubs: [HUB_A, 'x'] },
    /^The IoT hub "x" is not linked\. Linked: hub-a/,
    /iotHubs\[1\]: must be one of the linkedHubs: hub-a/,
  ],
  [
    'custom without a definition',
    { allocationPolicy: 'custom' },
    /^A CustomAllocationDefinition is/,
    /is required when/,
  ],
  ['hubs without a policy', { iotHubs: [HUB_A] }, /^Enrollment allocationPolicy must/, /must be specified when/],
  ['a device id that no hub takes', { deviceId: 'a/b' }, /^deviceId must be 1 to 128/, /deviceId: must be 1 to 128/],
  [
    'a twin that no hub takes',
    { initialTwin: { tags: { 'a.b': 1 } } },
    /^initialTwin: the key/,
    /initialTwin: the key/,
  ],
  [
    'a short key',
    { attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: 'c2hvcnQ=' } } },
    /^attestation\.symmetricKey\.primaryKey must be the base64 of 16 to 64 bytes\.$/,
    /primaryKey: must be the base64/,
  ],
  [
    "a group's certificates",
    { attestation: { type: 'x509', x509: { signingCertificates: {} } } },
    /belongs/,
    /belongs/,
  ],
  [
    'a member of another type',
    { capabilities: { iotEdge: 1 } },
    /^capabilities\.iotEdge must be a boolean\.$/,
    /a boolean/,
  ],
  [
    'more levels than an export of it could have',
    { optionalDeviceInformation: nested(60) },
    /^The enrollment must not be nested deeper than 60 levels\.$/,
    /must not be nested deeper than 64 levels/,
  ],
  [
    'a member that nobody knows',
    { iotHub: HUB_A },
    /^iotHub is not a known member\.$/,
    /iotHub: is not a known member/,
  ],
];

const TAKEN: readonly (readonly [what: string, record: object])[] = [
  ['a webhook on http and on a port', custom({ webhookUrl: 'http://127.0.0.1:7071/api/x?code=y' })],
  ['the oldest version', custom({ apiVersion: '2018-09-01-preview' })],
  ['a linked host in another case', { iotHubHostName: HUB_A.toUpperCase() }],
  ['a definition beside another policy', { ...custom({}), allocationPolicy: 'geoLatency' }],
];

const id = 'a-device';
const body = (record: object) => ({ registrationId: id, attestation, ...record });

async function byRest(record: object) {
  const parts = await partsWith(setUpOf({}));
  const request = { operation: 'createOrUpdateEnrollment', kind: 'individual', id, ifMatch: undefined } as const;
  return parts.rest(SERVICE, { ...request, body: JSON.stringify(body(record)) });
}

async function byDocuments(record: object): Promise<readonly (string | undefined)[]> {
  const told = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: Error) => error.message,
    );
  const instance = { name: SERVICE, idScope: SCOPE, enrollments: [body(record)] };
  const [given] = setUpOf({}).dps ?? [];
  const parts = await partsWith(setUpOf({}));
  return [
    await told(partsWith({ dps: [{ ...given, enrollments: instance.enrollments }] })),
    await told(parts.seed({ dps: [instance] })),
  ];
}

describe('a record', () => {
  it.each(REFUSED)('with %s is refused alike', async (_what, record, sentence, fault) => {
    const reply = await byRest(record);
    expect(reply).toMatchObject({ status: 400, errorCode: 400004 });
    expect(JSON.parse(reply?.text ?? '')).toMatchObject({ message: expect.stringMatching(sentence) });
    for (const told of await byDocuments(record)) expect(told).toMatch(fault);
  });

  it.each(TAKEN)('with %s is taken alike', async (_what, record) => {
    expect(await byRest(record)).toMatchObject({ status: 200 });
    expect(await byDocuments(record)).toEqual([undefined, undefined]);
  });
});
