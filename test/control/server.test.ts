import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { BODY_BYTES_MAX } from '../../emulator/control/read-body.ts';
import { startControlServer } from '../../emulator/control/server.ts';
import { call } from './support/call.ts';
import { HUB, lentContosoForTests } from './support/contoso.ts';

const start = lentContosoForTests();

function error(code: string, message: RegExp = /./) {
  return { error: expect.objectContaining({ code, message: expect.stringMatching(message) }) };
}

describe('who may call', () => {
  it.each([
    'localhost',
    '127.0.0.1:9',
    '[::1]:1234',
    'LOCALHOST:80',
  ])('answers a Host of %s, whatever the port', async (host) => {
    const { control } = await start();
    expect(await call(control, '/health', { headers: { host } })).toMatchObject({
      status: 200,
      json: { status: 'ok' },
    });
  });

  it.each([
    'evil.example',
    'evil.example:8980',
    'localhost.evil.example',
    '10.0.0.1',
    'localhost@evil.example',
    '2130706433',
  ])('refuses a Host of "%s" with 403, on every address', async (host) => {
    const { control } = await start();
    for (const path of ['/health', '/set-up', '/no-such-route', '/hubs/%zz/devices']) {
      expect(await call(control, path, { headers: { host } }), path).toMatchObject({
        status: 403,
        json: error('foreign-host', /call this emulator as localhost, 127\.0\.0\.1, ::1/),
      });
    }
  });

  it.each([
    'http://evil.example',
    'null',
    'http://localhost:1',
    'https://127.0.0.1',
    'http://127.0.0.1.evil.example',
  ])('refuses an Origin of %s with 403 and resets nothing', async (origin) => {
    const { control, emulator } = await start();
    await emulator.hubs.create('stays.azure-devices.net');
    const answer = await call(control, '/reset', { method: 'POST', headers: { origin } });
    expect(answer).toMatchObject({ status: 403, json: error('foreign-origin') });
    expect(await emulator.hubs.names()).toContain('stays.azure-devices.net');
  });

  it('refuses a request that names no Host', async () => {
    const { control } = await start();
    const answer = await exchange(control, 'GET /set-up HTTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*"foreign-host"/);
    expect(await exchange(control, 'GET /set-up HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('answers an Origin that is its own', async () => {
    const { control } = await start();
    expect(await call(control, '/health', { headers: { origin: control } })).toMatchObject({ status: 200 });
  });

  it('answers over IPv6 loopback and names it in brackets', async () => {
    const { emulator } = await start();
    const server = await startControlServer({
      state: emulator,
      around: emulator,
      connections: () => [],
      host: '::1',
      port: 0,
    });
    try {
      expect(server.url).toBe(`http://[::1]:${server.port}`);
      expect(await call(server.url, '/health')).toMatchObject({ status: 200 });
    } finally {
      await server.stop();
    }
  });
});

describe('addresses and methods', () => {
  it('answers an unknown address with 404 that says where the documentation is and lists no route', async () => {
    const { control } = await start();
    const answer = await call(control, '/seeds');
    expect(answer).toMatchObject({ status: 404, json: error('unknown-route', /docs\/control-api\.md/) });
    expect(answer.text).not.toMatch(/journal|clock|\/seed\b/);
  });

  it.each([
    ['DELETE', '/registrations', 'GET, HEAD'],
    ['PUT', '/seed', 'POST'],
    ['GET', '/reset', 'POST'],
    ['HEAD', '/journal/events', 'GET'],
    ['OPTIONS', '/clock', 'GET, HEAD'],
  ])('answers %s %s with 405 and what is allowed', async (method, path, allow) => {
    const { control } = await start();
    const answer = await call(control, path, { method });
    expect(answer).toMatchObject({ status: 405, headers: { allow } });
    if (method !== 'HEAD') expect(answer.json).toMatchObject(error('method-not-allowed', new RegExp(allow)));
  });

  it('answers HEAD as GET without the body', async () => {
    const { control } = await start();
    expect(await call(control, '/health', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it('answers an address with broken percent-encoding with 400', async () => {
    const { control } = await start();
    expect(await call(control, '/hubs/%zz/devices')).toMatchObject({ status: 400, json: error('bad-request') });
  });

  it('answers what is no HTTP with 400 in the same shape', async () => {
    const { control } = await start();
    const text = await exchange(control, 'this is no HTTP\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toEqual(error('bad-request'));
  });

  it.each([
    '/health?verbose=1',
    `/hubs/${HUB}/devices?showkeys=true`,
    '/clock?mode=manual',
  ])('refuses the unknown query parameter of %s by name', async (path) => {
    const { control } = await start();
    const name = /\?(\w+)=/.exec(path)?.[1];
    const answer = await call(control, path);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid', faults: [{ path: name }] } } });
  });
});

describe('bodies', () => {
  it.each([
    ['cut off', '{"token":', 'not-json'],
    ['no JSON', 'token=SharedAccessSignature', 'not-json'],
    ['nested too deep', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'not-json'],
  ])('answers a body that is %s with 400', async (_what, body, code) => {
    const { control } = await start();
    expect(await call(control, '/sas/explain', { body })).toMatchObject({ status: 400, json: error(code) });
  });

  it('does not repeat a body that is no JSON: it may hold a key', async () => {
    const { control } = await start();
    const { text } = await call(control, '/seed', { body: '{"primaryKey": c2VjcmV0}' });
    expect(text).not.toContain('c2Vj');
  });

  it.each([
    ['another type', { 'content-type': 'text/plain' }],
    ['the type that curl names by itself', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a content coding', { 'content-encoding': 'gzip' }],
  ])('answers a body of %s with 415', async (_what, headers) => {
    const { control } = await start();
    const answer = await call(control, '/seed', { body: '{}', headers });
    expect(answer).toMatchObject({ status: 415, json: error('not-json-type') });
  });

  it('takes a body of 5 MB and answers a larger one with 413', async () => {
    const { control } = await start();
    const frame = JSON.stringify({ $schema: '' }).length;
    const exact = JSON.stringify({ $schema: 'x'.repeat(BODY_BYTES_MAX - frame) });
    expect(await call(control, '/seed', { body: exact })).toMatchObject({ status: 200 });
    expect(await call(control, '/seed', { body: `${exact} ` })).toMatchObject({
      status: 413,
      json: error('too-large', /5 MB/),
    });
  });

  it.each([
    ['/clock/mode', { mode: 'skip', mod: 1 }, ['mod']],
    ['/clock/advance', { ms: 1, s: 1 }, ['s']],
    ['/clock/next', { count: 2 }, ['count']],
    ['/reset', { hard: true }, ['hard']],
    ['/sas/explain', { token: 'x', scope: 'y', id: 'z' }, ['scope', 'id']],
    ['/seed', { dps: [], enrolments: [] }, ['enrolments']],
    ['/seed', '{"__proto__":{}}', ['__proto__']],
    ['/sas/explain', '{"token":"x","__proto__":{},"constructor":1}', ['__proto__', 'constructor']],
  ])('POST %s refuses unknown members of %j by name', async (path, body, names) => {
    const { control } = await start();
    const faults = names.map((name) => ({ path: name, rule: 'is not a known member' }));
    expect(await call(control, path, { body })).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid', faults } },
    });
  });

  it.each([[[]], ['"text"'], ['5'], ['true']])('refuses a body that is %j instead of an object', async (body) => {
    const { control } = await start();
    for (const path of ['/seed', '/reset', '/clock/mode', '/sas/explain']) {
      const answer = await call(control, path, { body });
      expect(answer, path).toMatchObject({ status: 400, json: { error: { code: 'invalid', faults: [{ path: '' }] } } });
    }
  });

  it('takes a POST without a body, and with an empty one, where none is needed', async () => {
    const { control } = await start();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await call(control, '/reset', { method: 'POST' })).toMatchObject({ status: 200 });
    expect(await call(control, '/reset', { body: '', headers: type })).toMatchObject({ status: 200 });
    expect(await call(control, '/reset', { body: '' })).toMatchObject({ status: 200 });
  });
});

it('answers a bug with 500 and no detail, and reports it', async () => {
  const { emulator } = await start();
  const bugs: string[] = [];
  const server = await startControlServer({
    state: { ...emulator, registrations: () => Promise.reject(new TypeError('a secret detail')) },
    around: emulator,
    connections: () => [],
    host: '127.0.0.1',
    port: 0,
    reportBug: (bug, where) => bugs.push(`${where}: ${bug}`),
  });
  try {
    const answer = await call(server.url, '/registrations');
    expect(answer).toMatchObject({ status: 500, json: error('internal-error') });
    expect(answer.text).not.toMatch(/secret|TypeError|at /);
    expect(bugs).toEqual(['GET /registrations: TypeError: a secret detail']);
  } finally {
    await server.stop();
  }
});

/** Sends bytes as they are and reads until the server closes. */
function exchange(base: string, text: string): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('end', () => resolve(received)).on('error', reject);
  });
}
