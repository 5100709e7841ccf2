import { afterEach, describe, expect, it } from 'vitest';
import { emulatorForFile, emulatorsForTests, type Identity, SCOPE, tokenFor } from '../flows/support/emulators.ts';
import { address, deviceHeaders, type HttpsClient, httpsClient, registerQuestion } from './support/https-client.ts';

const running = emulatorForFile();
const start = emulatorsForTests();
const DEVICE = { registrationId: 'dev-1' };

let client: HttpsClient;
afterEach(() => client?.close());

async function ask(...args: Parameters<HttpsClient['ask']>) {
  client = httpsClient(running());
  return client.ask(...args);
}

const LONG = 'a'.repeat(127);

describe('the id in the address', () => {
  it.each<readonly [inPath: string, registrationId: string | undefined, fact: string]>([
    ['my:Reg-02', 'my:Reg-02', 'raw, as Node sends it'],
    ['my%3aReg-02', 'my:Reg-02', 'encoded in lower case, as C sends it'],
    ['my%3AReg-02', 'my:Reg-02', 'encoded in upper case, as C# sends it'],
    [`${LONG}-`, `${LONG}-`, '128 characters'],
    ['%61'.repeat(128), 'a'.repeat(128), '128 characters, each of them encoded'],
    [`${'%3a'.repeat(127)}x`, `${':'.repeat(127)}x`, '127 encoded colons and a letter'],
    ['%6dixed%2DCase.X_1-', 'mixed-Case.X_1-', 'some characters encoded that need not be'],
    ['constructor', 'constructor', 'a name of every object'],
    ['a%25b', undefined, 'an encoded percent sign'],
    ['a%2Fb', undefined, 'an encoded slash'],
    ['a%20b', undefined, 'an encoded blank'],
    ['a%00b', undefined, 'an encoded zero byte'],
    ['%C3%BC', undefined, 'a letter beyond ASCII'],
    ['..%2f..%2fetc', undefined, 'dots and slashes'],
    ['dot.', undefined, 'a dot at its end'],
    [`${LONG}ab`, undefined, '129 characters'],
    ['%61'.repeat(129), undefined, '129 characters, each of them encoded'],
    ['a'.repeat(10_000), undefined, '10,000 characters'],
  ])('%s stands for %s (%s)', async (inPath, registrationId) => {
    const identity: Identity = { registrationId: registrationId ?? 'whatever' };
    const answer = await ask(registerQuestion(identity, { path: address(inPath, '/register'), body: '' }));
    if (registrationId !== undefined) return expect(answer.status).toBe(202);
    expect([answer.status, answer.body.errorCode]).toEqual([400, 400004]);
    expect(answer.body.message).toBe('Invalid RegistrationId');
  });

  it.each(['%', '%z', '%zz', 'a%', '%E0%A4%A', '%FF'])('that is badly encoded, %s, is 400004', async (inPath) => {
    const answer = await ask(registerQuestion(DEVICE, { path: address(inPath, '/register'), body: '' }));
    expect([answer.status, answer.body.errorCode]).toEqual([400, 400004]);
    expect(answer.headers['x-ms-error-code']).toBe('400004');
  });

  it('keeps the case in which it came', async () => {
    client = httpsClient(running());
    const identity = { registrationId: 'MiXed' };
    const { body } = await client.ask(registerQuestion(identity));
    const path = address('MiXed', `/operations/${body.operationId}`);
    const answer = await client.ask({ method: 'GET', path, headers: deviceHeaders(identity) });
    expect(answer.body).toMatchObject({ registrationState: { registrationId: 'MiXed', deviceId: 'MiXed' } });
  });
});

describe('the address', () => {
  it.each([
    ['a slash at its end', address('dev-1', '/register/')],
    ["Node's forceRegistration", `${address('dev-1', '/register')}&forceRegistration=true`],
    ['another parameter first', `/${SCOPE}/registrations/dev-1/register?x=1&api-version=2019-03-31`],
    ['words in another case', `/${SCOPE}/Registrations/dev-1/Register?api-version=2019-03-31`],
    ['an encoded ID scope', `/%30ne00000001/registrations/dev-1/register?api-version=2019-03-31`],
  ])('may have %s', async (_fact, path) => {
    expect((await ask(registerQuestion(DEVICE, { path }))).status).toBe(202);
  });

  it('may be absolute, as a proxy writes it', async () => {
    const path = `https://localhost${address('dev-1', '/register')}`;
    expect((await ask(registerQuestion(DEVICE, { path }))).status).toBe(202);
  });
});

describe('the body of a register', () => {
  const Authorization = tokenFor(DEVICE);

  it.each([
    ['empty with a JSON content type', '', { 'Content-Type': 'application/json' }],
    ['empty without a content type', '', {}],
    [
      "with the encoding of the documentation's curl",
      '{"registrationId":"dev-1"}',
      { 'Content-Type': 'application/json', 'Content-Encoding': ' utf-8' },
    ],
    ['with a charset', '{"registrationId":"dev-1"}', { 'Content-Type': 'Application/JSON;Charset="UTF-8"' }],
    ['without a content type', '{"registrationId":"dev-1"}', {}],
    ['with unknown members and a payload of text', '{"PAYLOAD":"{\\"a\\":1}"}', { 'Content-Type': 'application/json' }],
    ['with a payload of null', '{"payload":null}', { 'Content-Type': 'application/json' }],
    ['in chunks', '{"registrationId":"dev-1"}', { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }],
    [
      'after a 100-continue',
      '{"registrationId":"dev-1"}',
      { 'Content-Type': 'application/json', Expect: '100-continue' },
    ],
    [
      'of bytes that are no UTF-8 inside a text',
      Buffer.from('{"payload":"\xff"}', 'latin1'),
      { 'Content-Type': 'application/json' },
    ],
    ['of 96 KB exactly', `{"payload":"${'x'.repeat(96 * 1024 - 14)}"}`, { 'Content-Type': 'application/json' }],
  ])('may come %s', async (_fact, body, headers) => {
    expect((await ask(registerQuestion(DEVICE, { body, headers: { Authorization, ...headers } }))).status).toBe(202);
  });

  it.each([
    ['text/plain', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['JSON of another name', 'application/vnd.api+json'],
    ['nonsense', 'nonsense'],
    ['nothing', ''],
  ])('of the content type %s is 415', async (_fact, type) => {
    const answer = await ask(registerQuestion(DEVICE, { headers: { Authorization, 'Content-Type': type } }));
    expect([answer.status, answer.body.errorCode]).toEqual([415, 415001]);
  });

  it('without a content type is 415 where that is assumed', async () => {
    client = httpsClient(await start({ assume: { 'body-without-content-type': 'refuse' } }));
    const answer = await client.ask(registerQuestion(DEVICE, { headers: { Authorization } }));
    expect([answer.status, answer.body.errorCode]).toEqual([415, 415001]);
  });

  it.each([
    ['97 KB', { 'Content-Type': 'application/json' }],
    ['97 KB in chunks', { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }],
  ])('of %s is 400004', async (_fact, headers) => {
    const body = `{"payload":"${'x'.repeat(97 * 1024)}"}`;
    const answer = await ask(registerQuestion(DEVICE, { body, headers: { Authorization, ...headers } }));
    expect([answer.status, answer.body.errorCode]).toEqual([400, 400004]);
    expect(answer.body.message).toBe('BadRequest');
  });
});

describe('one connection', () => {
  it('serves a whole registration, with bodies in its GETs, and is promised to stay for more than 300 s', async () => {
    client = httpsClient(running());
    const ports = new Set<number>();
    const first = await client.ask(registerQuestion(DEVICE));
    ports.add(first.localPort);
    // Node's agent would drop the connection itself after a shorter promise.
    const [, seconds] = /^timeout=(\d+)$/.exec(String(first.headers['keep-alive'])) ?? [];
    expect(Number(seconds)).toBeGreaterThan(300);
    const path = address('dev-1', `/operations/${first.body.operationId}`);
    for (const body of ['{}', '', '<never read>', '{}', 'x'.repeat(200_000), '{}']) {
      const headers = { ...deviceHeaders(DEVICE), 'Content-Length': body.length };
      const answer = await client.ask({ method: 'GET', path, headers, body });
      expect(answer.status).toBe(200);
      ports.add(answer.localPort);
    }
    const last = await client.ask(registerQuestion(DEVICE));
    ports.add(last.localPort);
    expect(last.status).toBe(202);
    expect(ports.size).toBe(1);
  });

  it('outlives refusals', async () => {
    client = httpsClient(running());
    const ports = new Set<number>();
    for (const spoilt of [
      { headers: {} },
      { path: '/nowhere' },
      { method: 'GET', body: '' },
      { body: '{' },
      { path: address('%zz') },
      {},
    ]) {
      ports.add((await client.ask(registerQuestion(DEVICE, spoilt))).localPort);
    }
    expect(ports.size).toBe(1);
  });
});
