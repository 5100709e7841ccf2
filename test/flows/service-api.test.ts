/** Back end and devices together: what a device does shows in the service API, and what is written there holds for devices. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../emulator/index.ts';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import {
  DEVICE_CERTIFICATE,
  DEVICE_CERTIFICATE_INFO,
  derBase64,
  OLD_CERTIFICATE,
} from '../core/attestation/certificates.ts';
import { type HttpAnswer, type HttpsClient, httpsClient } from '../http/support/https-client.ts';
import { errorCodeOf, recordIn, type ServiceClient, serviceClient } from '../http/support/service-client.ts';
import { GROUP_KEY, HUB, lentEmulatorsForTests, OTHER_HUB, SCOPE, tokenFor } from './support/emulators.ts';

const start = lentEmulatorsForTests();
const symmetricKey = { primaryKey: GROUP_KEY, secondaryKey: GROUP_KEY };
const attestation = { type: 'symmetricKey', symmetricKey };

let emulator: Emulator;
let client: ServiceClient;
let device: HttpsClient;

beforeEach(async () => {
  emulator = await start({
    setUp: { dps: [{ name: 'one', idScope: SCOPE, linkedHubs: [HUB, OTHER_HUB] }] },
    seed: 'flow',
  });
  client = await serviceClient(emulator);
  device = httpsClient(emulator);
  onTestFinished(() => device.close());
});

/** A register, or with an operation id a poll, signed with the group's derived key unless a key is given. */
function send(
  registrationId: string,
  { key, operationId }: { key?: string; operationId?: unknown } = {},
): Promise<HttpAnswer> {
  const tail = operationId === undefined ? 'register' : `operations/${String(operationId)}`;
  return device.ask({
    method: operationId === undefined ? 'PUT' : 'GET',
    path: `/${SCOPE}/registrations/${registrationId}/${tail}?api-version=2021-06-01`,
    headers: {
      authorization: tokenFor({ registrationId }, key === undefined ? {} : { key }),
      'content-type': 'application/json',
    },
    ...(operationId === undefined && { body: '{}' }),
  });
}

async function provision(registrationId: string, key?: string): Promise<Record<string, unknown>> {
  const first = await send(registrationId, { ...(key !== undefined && { key }) });
  await emulator.clock.advance(1);
  const { operationId } = first.body;
  return (await send(registrationId, { ...(key !== undefined && { key }), operationId })).body;
}

const putGroup = (more: object = {}, headers = {}) =>
  client.ask('PUT', '/enrollmentGroups/group', {
    body: { enrollmentGroupId: 'group', attestation, ...more },
    headers,
  });

const putIndividual = (id: string, more: object = {}, headers = {}) =>
  client.ask('PUT', `/enrollments/${id}`, { body: { registrationId: id, attestation, ...more }, headers });

const ANY = { 'if-match': '*' };

describe('an individual enrollment', () => {
  it('takes members in any case, as the samples of the SDK write them, at any depth', async () => {
    const written = await putIndividual('sampled', {
      deviceID: 'at-hub',
      AllocationPolicy: 'hashed',
      reprovisionPolicy: { UpdateHubAssignment: true, migrateDeviceData: false },
    });
    expect(recordIn(written)).toMatchObject({
      deviceId: 'at-hub',
      allocationPolicy: 'hashed',
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false },
    });
    expect(recordIn(written)).not.toHaveProperty('deviceID');
  });

  it.each(['a b', 'a/../b', 'ä', 'a'.repeat(129)])('cannot name the device "%s" at its hub', async (deviceId) => {
    const refused = await putIndividual('named', { deviceId });
    expect(errorCodeOf(refused)).toBe(400004);
    expect((await client.ask('GET', '/enrollments/named')).status).toBe(404);
  });

  it('that names a hub which has been unlinked can still be disabled', async () => {
    await putIndividual('left', { allocationPolicy: 'static', iotHubs: [OTHER_HUB] });
    await emulator.resources.provisioningServices.put('one', { properties: { iotHubs: [] } });
    const kept = { allocationPolicy: 'static', iotHubs: [OTHER_HUB] };
    expect(await putIndividual('left', { ...kept, provisioningStatus: 'disabled' }, ANY)).toMatchObject({
      status: 200,
    });
    expect(await putIndividual('left', { ...kept, iotHubs: [HUB] }, ANY)).toMatchObject({ status: 400 });
  });

  it('lets its device in, and shows the registration to GET but not to a query', async () => {
    await putIndividual('Device-1', { deviceId: 'at-hub', optionalDeviceInformation: { a: null } });
    expect(recordIn(await client.ask('GET', '/enrollments/device-1'))).not.toHaveProperty('registrationState');
    expect(await provision('device-1', GROUP_KEY)).toMatchObject({ status: 'assigned' });

    const state = recordIn(await client.ask('GET', '/registrations/DEVICE-1'));
    expect(state).toEqual({
      registrationId: 'device-1',
      createdDateTimeUtc: expect.stringMatching(/:\d\d(\.\d{0,6}[1-9])?Z$/),
      assignedHub: expect.stringMatching(/azure-devices\.net$/),
      deviceId: 'at-hub',
      status: 'assigned',
      substatus: 'initialAssignment',
      lastUpdatedDateTimeUtc: expect.any(String),
      etag: expect.stringMatching(/^I[0-9A-Za-z+/]+=*$/),
    });
    const got = recordIn(await client.ask('GET', '/enrollments/device-1'));
    expect(got).toMatchObject({
      registrationId: 'Device-1',
      optionalDeviceInformation: { a: null },
      registrationState: state,
    });
    const [listed] = (await client.ask('POST', '/enrollments/query')).body as object[];
    expect(listed).not.toHaveProperty('registrationState');
    // What was read may be written back, state and all.
    expect((await client.ask('PUT', '/enrollments/device-1', { body: got, headers: ANY })).status).toBe(200);
  });

  it('gives its device another id only after the registration was deleted, and the old device stays at the hub', async () => {
    await putIndividual('device', { deviceId: 'first', allocationPolicy: 'static', iotHubs: [HUB] });
    await provision('device', GROUP_KEY);
    await putIndividual('device', { deviceId: 'second', allocationPolicy: 'static', iotHubs: [HUB] }, ANY);
    expect(await provision('device', GROUP_KEY)).toMatchObject({ registrationState: { deviceId: 'first' } });
    expect((await client.ask('DELETE', '/registrations/device')).status).toBe(204);
    expect(await provision('device', GROUP_KEY)).toMatchObject({
      registrationState: { deviceId: 'second', substatus: 'initialAssignment' },
    });
    expect((await emulator.hubs.devices(HUB))?.map(({ deviceId }) => deviceId)).toEqual(['first', 'second']);
  });

  it('takes its registration with it, and leaves the device at the hub', async () => {
    await putIndividual('device', { allocationPolicy: 'static', iotHubs: [HUB] });
    await provision('device', GROUP_KEY);
    await client.ask('DELETE', '/enrollments/device');
    expect(errorCodeOf(await client.ask('GET', '/registrations/device'))).toBe(404202);
    expect(await emulator.hubs.device(HUB, 'device')).toBeDefined();
    expect((await send('device', { key: GROUP_KEY })).status).toBe(401);
  });

  it('that is disabled keeps the device of a group out', async () => {
    await putGroup();
    await putIndividual('device', { provisioningStatus: 'disabled', attestation: { type: 'none' } });
    expect((await send('device')).body).toMatchObject({ status: 'disabled' });
    expect(recordIn(await client.ask('GET', '/registrations/device'))).toMatchObject({
      status: 'disabled',
      etag: expect.any(String),
      lastUpdatedDateTimeUtc: expect.any(String),
    });
  });
});

describe('an enrollment group', () => {
  it('lists the devices that came through it, page by page, also after it was deleted', async () => {
    await putGroup();
    await putIndividual('alone');
    for (const id of ['c', 'a', 'b']) await provision(id);
    await provision('alone', GROUP_KEY);
    const query = (headers = {}, body: unknown = { query: 'SELECT *' }) =>
      client.ask('POST', '/registrations/GROUP/query', { body, headers });
    const idsIn = (body: unknown) => (body as { registrationId: string }[]).map(({ registrationId }) => registrationId);
    const first = await query({ 'x-ms-max-item-count': '2' });
    expect(idsIn(first.body)).toEqual(['c', 'a']);
    expect(first.headers['x-ms-item-type']).toBe('deviceRegistration');
    const continuation = { 'x-ms-continuation': String(first.headers['x-ms-continuation']) };
    const last = await query(continuation, '');
    expect(idsIn(last.body)).toEqual(['b']);
    expect(last.headers).not.toHaveProperty('x-ms-continuation');
    // A continuation belongs to its own query.
    expect(errorCodeOf(await client.ask('POST', '/enrollments/query', { headers: continuation }))).toBe(400004);

    await client.ask('DELETE', '/enrollmentGroups/group');
    expect(idsIn((await query()).body)).toEqual(['c', 'a', 'b']);
    for (const id of ['a', 'b', 'c']) await client.ask('DELETE', `/registrations/${id}`);
    expect(errorCodeOf(await query())).toBe(404204);
  });

  it('loses a device to an individual enrollment through which it registers next', async () => {
    await putGroup();
    await provision('device');
    await putIndividual('device');
    await provision('device', GROUP_KEY);
    expect((await client.ask('POST', '/registrations/group/query')).body).toEqual([]);
  });

  it('that is changed holds for the next registration, and reaches no device before', async () => {
    await putGroup({ allocationPolicy: 'static', iotHubs: [HUB] });
    await provision('device');
    await putGroup({ allocationPolicy: 'Static', iotHubs: [OTHER_HUB] }, ANY);
    expect(recordIn(await client.ask('GET', '/registrations/device')).assignedHub).toBe(HUB);
    expect(await provision('device')).toMatchObject({
      registrationState: { assignedHub: OTHER_HUB, substatus: 'deviceDataMigrated' },
    });
  });

  it('shows a failed registration with code and message', async () => {
    const webhook = await startStandIn([{ kind: 'status', status: 400 }]);
    onTestFinished(() => webhook.stop());
    const customAllocationDefinition = { webhookUrl: webhook.url, apiVersion: '2021-10-01' };
    await putGroup({ allocationPolicy: 'custom', customAllocationDefinition });
    await provision('device');
    expect(recordIn(await client.ask('GET', '/registrations/device'))).toMatchObject({
      status: 'failed',
      errorCode: 400207,
      errorMessage: 'Custom allocation failed with status code: 400',
    });
  });

  it('tells an older api-version no substatus and no payload', async () => {
    const webhook = await startStandIn([{ kind: 'json', body: { iotHubHostName: HUB, payload: { a: 1 } } }]);
    onTestFinished(() => webhook.stop());
    const customAllocationDefinition = { webhookUrl: webhook.url, apiVersion: '2021-10-01' };
    await putGroup({ allocationPolicy: 'custom', customAllocationDefinition });
    await provision('device');
    const membersAt = async (apiVersion: string) =>
      Object.keys(recordIn(await client.ask('GET', '/registrations/device', { apiVersion }))).filter((name) =>
        ['substatus', 'payload'].includes(name),
      );
    expect(await membersAt('2017-11-15')).toEqual([]);
    expect(await membersAt('2018-11-01')).toEqual(['substatus']);
    expect(await membersAt('2021-10-01')).toEqual(['substatus', 'payload']);
  });
});

describe('a registration', () => {
  it('that is deleted while it is assigning ends its allocation and forgets its operation', async () => {
    const webhook = await startStandIn([{ kind: 'hang' }]);
    onTestFinished(() => webhook.stop());
    const customAllocationDefinition = { webhookUrl: webhook.url, apiVersion: '2021-10-01' };
    await putGroup({ allocationPolicy: 'custom', customAllocationDefinition });
    const { operationId } = (await send('device')).body;
    await webhook.untilCalled(1);
    expect(recordIn(await client.ask('GET', '/registrations/device'))).toMatchObject({ status: 'assigning' });
    expect((await client.ask('DELETE', '/registrations/device')).status).toBe(204);
    expect((await send('device', { operationId })).body).toMatchObject({ errorCode: 404203 });
    // The hold of the webhook call is over: time may pass.
    await emulator.clock.advance(1_000_000);
    expect(await emulator.registrations()).toEqual([]);
    expect(await emulator.hubs.devices(HUB)).toEqual([]);

    await putGroup({}, ANY);
    const again = await send('device');
    expect(again.status).toBe(202);
    expect(again.body.operationId).not.toBe(operationId);
  });

  it('is deleted by its etag as the device or the back end reads it, and by no other', async () => {
    await putGroup();
    await provision('device');
    const { etag } = recordIn(await client.ask('GET', '/registrations/device'));
    const stale = await client.ask('DELETE', '/registrations/device', { headers: { 'if-match': '"stale"' } });
    expect([stale.status, errorCodeOf(stale)]).toEqual([412, 412001]);
    const quoted = Buffer.from(String(etag), 'base64').toString();
    expect((await client.ask('DELETE', '/registrations/device', { headers: { 'if-match': quoted } })).status).toBe(204);
    await provision('device');
    const { etag: next } = recordIn(await client.ask('GET', '/registrations/device'));
    expect(next).not.toBe(etag);
    expect(
      (await client.ask('DELETE', '/registrations/device', { headers: { 'if-match': String(next) } })).status,
    ).toBe(204);
    expect(errorCodeOf(await client.ask('DELETE', '/registrations/device'))).toBe(404202);
  });

  it.each([
    ['GET', '/registrations/..%2Fx', 400, 400004],
    ['DELETE', '/registrations/a%20b', 400, 400004],
    ['POST', '/registrations/a%2Fb/query', 400, 400004],
    ['POST', '/registrations/nobody/query', 404, 404204],
    ['PUT', '/registrations/device', 405, 405001],
    ['GET', '/registrations/device/query', 405, 405001],
    ['GET', '/registrations', 405, 405001],
  ])('answers %s %s with %i and %i', async (method, path, status, code) => {
    await putGroup();
    await provision('device');
    const answer = await client.ask(method, path);
    expect([answer.status, errorCodeOf(answer)]).toEqual([status, code]);
    expect((await client.ask('GET', '/registrations/device')).status).toBe(200);
  });

  it.each([
    ['JSON that is cut off', '{'],
    ['a member that nobody knows', { query: 'SELECT *', order: 1 }],
  ])('refuses a query with %s', async (_title, body) => {
    await putGroup();
    expect(errorCodeOf(await client.ask('POST', '/registrations/group/query', { body }))).toBe(400004);
  });
});

describe('an attestation that is not emulated for devices', () => {
  const x509 = (member: string, certificate: string) => ({
    type: 'x509',
    x509: { [member]: { primary: { certificate } } },
  });
  const ROWS = [
    ['a PEM certificate', '/enrollments', x509('clientCertificates', DEVICE_CERTIFICATE), 'clientCertificates'],
    [
      'the base64 of DER',
      '/enrollments',
      x509('clientCertificates', derBase64(DEVICE_CERTIFICATE)),
      'clientCertificates',
    ],
    [
      'a signing certificate',
      '/enrollmentGroups',
      x509('signingCertificates', DEVICE_CERTIFICATE),
      'signingCertificates',
    ],
  ] as const;

  it.each(ROWS)('is stored from %s and shown as what was computed of it', async (_title, path, given, member) => {
    const idMember = path === '/enrollments' ? 'registrationId' : 'enrollmentGroupId';
    const shown = { type: 'x509', x509: { [member]: { primary: { info: DEVICE_CERTIFICATE_INFO } } } };
    const put = await client.ask('PUT', `${path}/x`, { body: { [idMember]: 'x', attestation: given } });
    expect(recordIn(put).attestation).toEqual(shown);
    const got = recordIn(await client.ask('GET', `${path}/x`));
    expect(got.attestation).toEqual(shown);
    expect(recordIn(await client.ask('POST', `${path}/x/attestationmechanism`))).toEqual(shown);

    // The CLI's update writes back what it has read, nulls included; the certificate is still there.
    const back = {
      ...shown,
      x509: { [member]: { primary: { certificate: null, info: DEVICE_CERTIFICATE_INFO }, secondary: null } },
    };
    const again = await client.ask('PUT', `${path}/x`, { body: { ...got, attestation: back }, headers: ANY });
    expect(recordIn(again).attestation).toEqual(shown);
    const restarted = await start({ setUp: await emulator.exportSetUp() });
    expect(await restarted.exportSetUp()).toEqual(await emulator.exportSetUp());
    expect(JSON.stringify(await restarted.exportSetUp())).toContain(derBase64(DEVICE_CERTIFICATE).slice(0, 60));
  });

  it.each([
    [
      '/enrollments',
      { type: 'TPM', tpm: { endorsementKey: 'QUJD' } },
      { type: 'tpm', tpm: { endorsementKey: 'QUJD' } },
    ],
    ['/enrollments', { type: 'none' }, { type: 'none' }],
    [
      '/enrollmentGroups',
      { type: 'X509', x509: { caReferences: { primary: 'root', secondary: null } } },
      { type: 'x509', x509: { caReferences: { primary: 'root' } } },
    ],
  ])('is stored at %s as %j', async (path, given, shown) => {
    const idMember = path === '/enrollments' ? 'registrationId' : 'enrollmentGroupId';
    await client.ask('PUT', `${path}/x`, { body: { [idMember]: 'x', attestation: given } });
    expect(recordIn(await client.ask('GET', `${path}/x`)).attestation).toEqual(shown);
    const restarted = await start({ setUp: await emulator.exportSetUp() });
    expect(await restarted.exportSetUp()).toEqual(await emulator.exportSetUp());
  });

  it.each([
    ['/enrollments', x509('clientCertificates', ''), /^TPM or X509 attestation is required\.$/],
    ['/enrollments', x509('clientCertificates', 'no certificate'), /must be a certificate/],
    ['/enrollments', x509('signingCertificates', OLD_CERTIFICATE), /belongs to an enrollment group/],
    ['/enrollmentGroups', x509('clientCertificates', OLD_CERTIFICATE), /belongs to an individual enrollment/],
    ['/enrollmentGroups', { type: 'x509' }, /exactly one of/],
    ['/enrollmentGroups', { type: 'x509', x509: { caReferences: {} } }, /must name a primary or a secondary/],
    ['/enrollmentGroups', { type: 'tpm', tpm: { endorsementKey: 'QUJD' } }, /cannot be "tpm"/],
    ['/enrollments', { type: 'tpm' }, /endorsementKey is required/],
    ['/enrollments', { type: 'tpm', tpm: { endorsementKey: '!' } }, /endorsementKey must be base64/],
  ])('is refused at %s as %j', async (path, given, message) => {
    const idMember = path === '/enrollments' ? 'registrationId' : 'enrollmentGroupId';
    const answer = await client.ask('PUT', `${path}/x`, { body: { [idMember]: 'x', attestation: given } });
    expect([answer.status, errorCodeOf(answer)]).toEqual([400, 400004]);
    expect(recordIn(answer).message).toMatch(message);
    expect((await client.ask('GET', `${path}/x`)).status).toBe(404);
  });

  it('keeps its devices out, and the journal says why', async () => {
    await putIndividual('device', { attestation: { type: 'tpm', tpm: { endorsementKey: 'QUJD' } } });
    expect((await send('device')).status).toBe(401);
    await putGroup({ attestation: x509('signingCertificates', OLD_CERTIFICATE) });
    expect((await send('other')).status).toBe(401);
    for (const id of ['device', 'other']) {
      const events = emulator.journal.timeline(SCOPE, id)?.entries.map(({ event }) => event);
      expect(events).toContainEqual(expect.objectContaining({ kind: 'refused', reason: 'attestation-not-emulated' }));
    }
    // Beside such a group, one with keys still lets its devices in.
    await client.ask('PUT', '/enrollmentGroups/keys', { body: { enrollmentGroupId: 'keys', attestation } });
    expect((await send('other')).status).toBe(202);
  });
});
