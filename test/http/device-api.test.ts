import { afterEach, describe, expect, it } from 'vitest';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import {
  type Emulator,
  emulatorForFile,
  emulatorsForTests,
  HUB,
  SCOPE,
  setUpForDevices,
  tokenFor,
} from '../flows/support/emulators.ts';
import { address, deviceHeaders, type HttpsClient, httpsClient, registerQuestion } from './support/https-client.ts';

const running = emulatorForFile();
const start = emulatorsForTests();
const DEVICE = { registrationId: 'my:Reg-02' };
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let client: HttpsClient;
afterEach(() => client?.close());
function clientOf(emulator: Emulator): HttpsClient {
  client = httpsClient(emulator);
  return client;
}

/** Registers, and gives the operation id. */
async function registered(emulator: Emulator): Promise<string> {
  const { body } = await clientOf(emulator).ask(registerQuestion(DEVICE));
  return String(body.operationId);
}

function pollQuestion(operationId: string) {
  const { registrationId } = DEVICE;
  return {
    method: 'GET',
    path: address(registrationId, `/operations/${operationId}`),
    headers: deviceHeaders(DEVICE),
  };
}

describe('register', () => {
  it('is answered with 202, a Location, a Retry-After and a body of exactly two members', async () => {
    const emulator = await start({ retryAfterSeconds: 3 });
    const answer = await clientOf(emulator).ask(registerQuestion(DEVICE));
    expect(answer).toMatchObject({ status: 202, statusText: 'Accepted' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'retry-after': '3',
      location: `https://localhost:${emulator.endpoints.https.port}/${SCOPE}/registrations/my:Reg-02/register`,
      'x-ms-request-id': expect.stringMatching(GUID),
      date: expect.any(String),
    });
    expect(answer.headers).not.toHaveProperty('x-ms-error-code');
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
    expect(answer.headers['content-length'] ?? answer.headers['transfer-encoding']).toBeDefined();
    expect(Object.keys(answer.body)).toEqual(['operationId', 'status']);
    expect(answer.body.status).toBe('assigning');
  });

  it('under the name of the service has that name in its Location, and a Strict-Transport-Security', async () => {
    const Host = 'global.azure-devices-provisioning.net';
    const question = registerQuestion(DEVICE, { headers: { ...deviceHeaders(DEVICE), Host } });
    const { headers } = await clientOf(await start()).ask(question);
    expect(headers.location).toBe(`https://${Host}/${SCOPE}/registrations/my:Reg-02/register`);
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });

  it('answers a disabled enrollment with 200, without Location and Retry-After', async () => {
    const answer = await clientOf(await start()).ask(registerQuestion({ registrationId: 'blocked-device' }));
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.body).toEqual({
      operationId: expect.stringMatching(/^[45]\./),
      status: 'disabled',
      registrationState: { registrationId: 'blocked-device', status: 'disabled' },
    });
  });
});

describe('operation status', () => {
  it('is answered with 200, the assignment, and no Retry-After', async () => {
    const emulator = await start({ retryAfterSeconds: 3 });
    const operationId = await registered(emulator);
    const answer = await client.ask(pollQuestion(operationId));
    expect(answer).toMatchObject({ status: 200, statusText: 'OK' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-ms-request-id': expect.stringMatching(GUID),
    });
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.body).toMatchObject({
      operationId,
      status: 'assigned',
      registrationState: { registrationId: 'my:Reg-02', assignedHub: HUB, deviceId: 'my:Reg-02', status: 'assigned' },
    });
  });

  it('before the end is answered with 202, a Retry-After and no Location', async () => {
    const webhook = await startStandIn([{ kind: 'hang' }]);
    const definition = { webhookUrl: webhook.url, apiVersion: '2021-10-01' };
    const setUp = setUpForDevices({ allocationPolicy: 'custom', customAllocationDefinition: definition });
    const emulator = await start({ setUp, retryAfterSeconds: 7 });
    const operationId = await registered(emulator);
    const answer = await client.ask(pollQuestion(operationId));
    expect(answer.status).toBe(202);
    expect(answer.headers['retry-after']).toBe('7');
    expect(answer.headers).not.toHaveProperty('location');
    const registrationState = { registrationId: 'my:Reg-02', status: 'assigning' };
    expect(answer.body).toEqual({ operationId, status: 'assigning', registrationState });
    await webhook.stop();
  });
});

describe('registration lookup', () => {
  it('is answered with 200 and the registration itself, not wrapped', async () => {
    const emulator = await start();
    const operationId = await registered(emulator);
    await client.ask(pollQuestion(operationId));
    const question = { method: 'POST', path: address('my:Reg-02'), headers: deviceHeaders(DEVICE) };
    for (const body of ['', '{"registrationId":"my:Reg-02"}']) {
      const answer = await client.ask({ ...question, body });
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty('location');
      expect(answer.body).toMatchObject({ registrationId: 'my:Reg-02', status: 'assigned', assignedHub: HUB });
      expect(answer.body).not.toHaveProperty('operationId');
    }
  });
});

describe('a refusal', () => {
  it.each([
    ['a token that expired', { headers: { Authorization: tokenFor(DEVICE, { ttlSeconds: -1 }) } }, 401, 401002],
    ['no token', { headers: {} }, 401, 401000],
    ['an empty token', { headers: { Authorization: '' } }, 401, 401000],
    ['a token of another scheme', { headers: { Authorization: 'Bearer x' } }, 401, 401000],
    ['an unknown ID scope', { path: address('my:Reg-02', '/register', { scope: '0neFFFFFFFF' }) }, 404, 404201],
    ['an unknown api-version', { path: address('my:Reg-02', '/register', { query: '?api-version=1' }) }, 400, 400001],
    ['no api-version', { path: address('my:Reg-02', '/register', { query: '' }) }, 400, 400001],
    ['an empty api-version', { path: address('my:Reg-02', '/register', { query: '?api-version=' }) }, 400, 400001],
    [
      'two api-versions',
      { path: address('my:Reg-02', '/register', { query: '?api-version=2021-06-01&api-version=2019-03-31' }) },
      400,
      400001,
    ],
    ['another id in the body', { body: '{"registrationId":"x"}' }, 400, 400004],
  ])('of %s carries its code in the body and the headers, and one id in both', async (_fact, spoilt, status, errorCode) => {
    const answer = await clientOf(running()).ask(registerQuestion(DEVICE, spoilt));
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['x-ms-error-code']).toBe(String(errorCode));
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.body).toEqual({
      errorCode,
      trackingId: answer.headers['x-ms-request-id'],
      message: expect.any(String),
      timestampUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?Z$/),
    });
  });

  it.each([
    ['a register', 'PUT', '/register'],
    ['a look-up', 'POST', ''],
  ])('of %s that does not deserialize has no tracking id in the body, and its own in the headers', async (...row) => {
    const [, method, rest] = row;
    for (const body of ['{', '[1]', '{"registrationId":5}', '{"modelId":"dtmi:com:example:Thermostat;1"}']) {
      const path = address(DEVICE.registrationId, rest);
      const answer = await clientOf(running()).ask({ method, path, headers: deviceHeaders(DEVICE), body });
      expect([answer.status, answer.headers['x-ms-error-code']]).toEqual([400, '400012']);
      expect(answer.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.body).toMatchObject({ errorCode: 400012, trackingId: '', message: 'Deserialization error.' });
    }
  });

  it('of an unknown operation is 404203, and of an unknown registration 404202', async () => {
    const asking = clientOf(running());
    const poll = await asking.ask(pollQuestion('4.0011223344556677.12345678-1234-1234-1234-123456789abc'));
    expect([poll.status, poll.body.errorCode]).toEqual([404, 404203]);
    const lookup = await asking.ask({ method: 'POST', path: address('my:Reg-02'), headers: deviceHeaders(DEVICE) });
    expect([lookup.status, lookup.body.errorCode]).toEqual([404, 404202]);
  });

  it.each([
    ['GET', '/', 404, 404001],
    ['GET', '/favicon.ico', 404, 404001],
    ['PUT', `/${SCOPE}/registrations/x/register/more`, 404, 404001],
    ['GET', `/${SCOPE}/registrations/x/operations`, 404, 404001],
    ['PUT', `/${SCOPE}/enrollments/x`, 404, 404001],
    ['GET', `/${SCOPE}/registrations/x`, 405, 405001],
    ['DELETE', `/${SCOPE}/registrations/x`, 405, 405001],
    ['GET', `/${SCOPE}/registrations/x/register`, 405, 405001],
    ['POST', `/${SCOPE}/registrations/x/register`, 405, 405001],
    ['PATCH', `/${SCOPE}/registrations/x/register`, 405, 405001],
    ['OPTIONS', `/${SCOPE}/registrations/x/register`, 405, 405001],
    ['PROPFIND', `/${SCOPE}/registrations/x/register`, 405, 405001],
    ['PUT', `/${SCOPE}/registrations/x/operations/y`, 405, 405001],
    ['PUT', `/${SCOPE}/registrations//register`, 405, 405001],
    ['POST', `/${SCOPE}/registrations/`, 405, 405001],
  ])('of %s %s is %i with the body of the service', async (method, path, status, errorCode) => {
    const answer = await clientOf(running()).ask({ method, path: `${path}?api-version=2021-06-01` });
    expect(answer.status).toBe(status);
    expect(answer.headers['x-ms-error-code']).toBe(String(errorCode));
    expect(answer.body).toMatchObject({ errorCode, trackingId: answer.headers['x-ms-request-id'] });
  });

  it('of a HEAD is 405 without a body', async () => {
    const answer = await clientOf(running()).ask({ method: 'HEAD', path: address('x', '/register') });
    expect([answer.status, answer.text]).toEqual([405, '']);
  });
});
