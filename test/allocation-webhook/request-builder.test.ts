import { describe, expect, it } from 'vitest';
import { contosoSetUp } from '../../emulator/wire/contoso.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment } from '../../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import {
  customGroup,
  DEVICE,
  type Device,
  GROUP_KEY,
  type Harness,
  HUB_A,
  HUB_B,
  provision,
  setUpOf,
  startHarness,
  webhook,
} from '../core/service-harness.ts';

/** What the real service was logged sending for the tutorial's toaster, at its second registration. [tutorial, step "Simulate"] */
const TUTORIAL_LOG =
  '{"enrollmentGroup":{"enrollmentGroupId":"contoso-custom-allocated-devices","attestation":{"type":"symmetricKey"},"capabilities":{"iotEdge":false},"etag":"\\"0000f176-0000-0700-0000-62eaad1e0000\\"","provisioningStatus":"enabled","reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":true},"createdDateTimeUtc":"2022-08-03T17:15:10.8464255Z","lastUpdatedDateTimeUtc":"2022-08-03T17:15:10.8464255Z","allocationPolicy":"custom","iotHubs":["contoso-toasters-hub-1098.azure-devices.net","contoso-heatpumps-hub-1098.azure-devices.net"],"customAllocationDefinition":{"webhookUrl":"https://contoso-function-app-1098.azurewebsites.net/api/HttpTrigger1?****","apiVersion":"2021-10-01"}},"deviceRuntimeContext":{"registrationId":"breakroom499-contoso-tstrsd-007","currentIotHubHostName":"contoso-toasters-hub-1098.azure-devices.net","currentDeviceId":"breakroom499-contoso-tstrsd-007","symmetricKey":{},"payload":{"MyDeviceFirmwareVersion":"12.0.2.5","MyDeviceProvisioningVersion":"1.0.0.0"}},"linkedHubs":["contoso-toasters-hub-1098.azure-devices.net","contoso-heatpumps-hub-1098.azure-devices.net"]}';

const CREATED = '2022-08-03T17:15:10.8464255Z';
const ETAG = '"0000f176-0000-0700-0000-62eaad1e0000"';
/** An enrollment as the set-up may give it in full, so that nothing of it depends on the clock or the seed. */
const stamped = { etag: ETAG, createdDateTimeUtc: CREATED, lastUpdatedDateTimeUtc: CREATED };
const STAMPS = `"createdDateTimeUtc":"${CREATED}","lastUpdatedDateTimeUtc":"${CREATED}"`;

const TOASTER = 'breakroom499-contoso-tstrsd-007';
const TOASTERS_HUB = 'contoso-toasters-hub-1098.azure-devices.net';
const PAYLOAD = { MyDeviceFirmwareVersion: '12.0.2.5', MyDeviceProvisioningVersion: '1.0.0.0' };

describe('the AllocationRequest [dps-service-behaviour §1.3]', () => {
  it("is, byte for byte, what the service was logged sending for the tutorial's toaster", async () => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: TOASTERS_HUB } }]);
    const [dps] = contosoSetUp(`${standIn.url}?code=SECRET==`).dps ?? [];
    const [group] = dps?.enrollmentGroups ?? [];
    if (dps === undefined || group === undefined) throw new Error('the Contoso set-up has no group');
    const harness = await startHarness({ setUp: { dps: [{ ...dps, enrollmentGroups: [{ ...group, ...stamped }] }] } });
    const device: Device = {
      id: TOASTER,
      idScope: dps.idScope,
      key: deriveDeviceKey(GROUP_KEY, TOASTER),
      payload: PAYLOAD,
    };
    await provision(harness, device);
    await provision(harness, device);

    const [first, second] = standIn.requests.map((request) => request.bodyText);
    const logged = TUTORIAL_LOG.replace(
      'https://contoso-function-app-1098.azurewebsites.net',
      new URL(standIn.url).origin,
    );
    expect(second).toBe(logged);
    expect(first).toBe(logged.replace(/"currentIotHubHostName":"[^"]+","currentDeviceId":"[^"]+",/, ''));
    // The real URL is called with the key that the body does not show.
    expect(standIn.requests.map(({ path, query }) => [path, query.get('code')])).toEqual([
      ['/api/HttpTrigger1', 'SECRET=='],
      ['/api/HttpTrigger1', 'SECRET=='],
    ]);
  });

  it('is a POST of JSON in UTF-8 with its length', async () => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A } }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await provision(harness, { payload: { name: 'Grüße €' } });
    const [request] = standIn.requests;
    expect(request?.method).toBe('POST');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      accept: 'application/json',
      'content-length': String(Buffer.byteLength(request?.bodyText ?? '')),
    });
    expect(request?.json()).toMatchObject({ deviceRuntimeContext: { payload: { name: 'Grüße €' } } });
  });
});

/** Sends one device through the webhook and gives the text of its last request. */
async function requestFor(
  enrolled: { group?: Partial<GivenEnrollmentGroup>; individual?: Partial<GivenIndividualEnrollment> },
  device: Device = {},
  times = 1,
): Promise<string> {
  const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A } }]);
  const custom = {
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl: standIn.url, apiVersion: '2021-10-01' },
    ...stamped,
  } as const;
  const { group, individual } = enrolled;
  const symmetricKey = { primaryKey: GROUP_KEY };
  const harness: Harness = await startHarness({
    setUp: setUpOf(group && { ...custom, ...group }, {
      enrollments: individual
        ? [{ registrationId: DEVICE, attestation: { type: 'symmetricKey', symmetricKey }, ...custom, ...individual }]
        : [],
    }),
  });
  for (let time = 0; time < times; time += 1) await provision(harness, device);
  expect(harness.bugs).toEqual([]);
  return (standIn.requests.at(-1)?.bodyText ?? '').replace(standIn.url, 'URL');
}

const ATTESTATION = '"attestation":{"type":"symmetricKey"}';
const DEFINITION =
  '"allocationPolicy":"custom","customAllocationDefinition":{"webhookUrl":"URL","apiVersion":"2021-10-01"}';
const CONTEXT = '"deviceRuntimeContext":{"registrationId":"device-1","symmetricKey":{}}';
const ALL_HUBS = `"linkedHubs":["${HUB_A}","${HUB_B}"]`;
const JSON_ETAG = `"etag":${JSON.stringify(ETAG)}`;
const INDIVIDUAL_KEY: Device = { key: GROUP_KEY };

describe('members of the AllocationRequest', () => {
  it('what a group never had is absent', async () => {
    expect(await requestFor({ group: {} })).toBe(
      `{"enrollmentGroup":{"enrollmentGroupId":"group-1",${ATTESTATION},${JSON_ETAG},"provisioningStatus":"enabled",${STAMPS},${DEFINITION}},${CONTEXT},${ALL_HUBS}}`,
    );
  });

  it('what an individual never had is absent', async () => {
    expect(await requestFor({ individual: {} }, INDIVIDUAL_KEY)).toBe(
      `{"individualEnrollment":{"registrationId":"device-1",${ATTESTATION},${JSON_ETAG},"provisioningStatus":"enabled",${STAMPS},${DEFINITION}},${CONTEXT},${ALL_HUBS}}`,
    );
  });

  it('everything that an individual can have stands in the order of the API description', async () => {
    const individual = {
      // Given in another order than the service's own.
      reprovisionPolicy: { migrateDeviceData: false, updateHubAssignment: true },
      initialTwin: { tags: { a: 1 }, properties: { desired: { b: [2] } } },
      iotHubs: [HUB_B, HUB_A],
      capabilities: { iotEdge: true },
      optionalDeviceInformation: { c: 3 },
      deviceId: 'my-device',
      iotHubHostName: HUB_A,
    };
    expect(await requestFor({ individual }, INDIVIDUAL_KEY, 2)).toBe(
      `{"individualEnrollment":{"registrationId":"device-1","deviceId":"my-device","optionalDeviceInformation":{"c":3},${ATTESTATION},"capabilities":{"iotEdge":true},"iotHubHostName":"${HUB_A}","initialTwin":{"tags":{"a":1},"properties":{"desired":{"b":[2]}}},${JSON_ETAG},"provisioningStatus":"enabled","reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false},${STAMPS},"allocationPolicy":"custom","iotHubs":["${HUB_B}","${HUB_A}"],"customAllocationDefinition":{"webhookUrl":"URL","apiVersion":"2021-10-01"}},"deviceRuntimeContext":{"registrationId":"device-1","currentIotHubHostName":"${HUB_A}","currentDeviceId":"my-device","symmetricKey":{}},"linkedHubs":["${HUB_B}","${HUB_A}"]}`,
    );
  });

  it('carries no key, whatever the enrollment', async () => {
    const key = Buffer.alloc(32, 1).toString('base64');
    const attestation = { type: 'symmetricKey', symmetricKey: { primaryKey: GROUP_KEY, secondaryKey: key } } as const;
    for (const enrolled of [{ group: { attestation } }, { individual: { attestation } }]) {
      const text = await requestFor(enrolled, 'group' in enrolled ? {} : INDIVIDUAL_KEY);
      expect(text).not.toContain(GROUP_KEY);
      expect(text).not.toContain(key);
      expect(text).not.toContain('primaryKey');
    }
  });

  it.each<readonly [string, Device, string]>([
    ['no payload: the member is absent', {}, ''],
    ['an object', { payload: { b: 1, a: [true, null, 1.5] } }, ',"payload":{"b":1,"a":[true,null,1.5]}'],
    ['a text, as Java sends it', { payload: '{"a":1}' }, ',"payload":"{\\"a\\":1}"'],
    ['null, as Python sends it', { payload: null }, ',"payload":null'],
    ['a number', { payload: 0 }, ',"payload":0'],
    ['no body at all', { body: '' }, ''],
  ])("the device's payload goes on verbatim: %s", async (_title, device, payload) => {
    expect(await requestFor({ group: {} }, device)).toContain(
      `"deviceRuntimeContext":{"registrationId":"device-1","symmetricKey":{}${payload}},"linkedHubs"`,
    );
  });

  it('the registration id is spelt as the device first spelt it', async () => {
    expect(await requestFor({ group: {} }, { id: 'WioTerminal' })).toContain('"registrationId":"WioTerminal"');
  });

  it('etag and instants that the emulator makes have the shapes of the service', async () => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A } }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await provision(harness);
    const body = standIn.requests[0]?.json() as { enrollmentGroup: Record<string, string> };
    const { etag, createdDateTimeUtc, lastUpdatedDateTimeUtc } = body.enrollmentGroup;
    expect(etag).toMatch(/^"[0-9a-f]{8}-0000-[0-9a-f]{2}00-0000-[0-9a-f]{8}0000"$/);
    expect([createdDateTimeUtc, lastUpdatedDateTimeUtc]).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z']);
  });

  it.each([
    ['without a query', '', ''],
    ['with several parameters', '?a=1&code=SECRET', '?****'],
    ['with an empty query', '?', '?****'],
  ])('a webhook URL %s', async (_title, query, shown) => {
    const standIn = await webhook([{ kind: 'json', body: { iotHubHostName: HUB_A } }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(`${standIn.url}${query}`)) });
    await provision(harness);
    expect(standIn.requests[0]?.bodyText).toContain(`"webhookUrl":"${standIn.url}${shown}"`);
    expect(`?${standIn.requests[0]?.query}`).toBe(query === '' ? '?' : query);
  });
});
