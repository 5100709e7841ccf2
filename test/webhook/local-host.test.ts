import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalHost, type LocalHostOptions, startLocalHost } from '../../webhook/host/local-host.ts';
import { allocationRequest, toasterHub } from './tutorial-request.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function start(options: LocalHostOptions = {}): Promise<LocalHost & { lines: string[] }> {
  const lines: string[] = [];
  const host = await startLocalHost({ port: 0, log: (line) => lines.push(line), ...options });
  cleanUps.push(() => host.stop());
  return { ...host, lines };
}

const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } });

/** Occupies a port for as long as the test runs, and tells which. */
async function occupyPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(async () => {
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}

describe('the local host', () => {
  it('answers the toaster’s request with its hub and twin', async () => {
    const host = await start();
    const response = await post(host.url, allocationRequest());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.text()).toBe(
      `{"iotHubHostName":"${toasterHub}","initialTwin":{"properties":{"desired":{"state":"ready","darknessSetting":"medium"}},"tags":{"deviceType":"toaster"}}}`,
    );
  });

  it.each([
    ['an unknown device', allocationRequest({ registrationId: 'fridge-001' }), 'Unrecognized device registration.'],
    ['malformed JSON', '{"deviceRuntimeContext', 'Request body is not valid JSON.'],
    ['an empty body', '', 'Registration ID not provided for the device.'],
  ])('answers %s with 400 and the reason as plain text', async (_what, body, reason) => {
    const host = await start();
    const response = await post(host.url, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe(reason);
  });

  it('logs a call as the tutorial’s log shows it', async () => {
    const host = await start();
    const body = allocationRequest();
    const answer = await (await post(host.url, body)).text();
    expect(host.lines.every((line) => /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3} \[Information\] /.test(line))).toBe(true);

    const messages = host.lines.map((line) => line.slice(line.indexOf('] ') + 2));
    const id = /Id=([0-9a-f-]{36})\)$/.exec(messages[0] ?? '')?.[1];
    expect(messages).toEqual([
      `Executing 'Functions.HttpTrigger1' (Reason='This function was programmatically called via the host APIs.', Id=${id})`,
      'TypeScript HTTP trigger function processed a request.',
      'Request.Body:...',
      body,
      'Response',
      answer,
      expect.stringMatching(`^Executed 'Functions.HttpTrigger1' \\(Succeeded, Id=${id}, Duration=\\d+ms\\)$`),
    ]);
  });

  it('logs the reason of a refusal before the response', async () => {
    const host = await start();
    await post(host.url, allocationRequest({ registrationId: 'fridge-001' }));
    const messages = host.lines.map((line) => line.slice(line.indexOf('] ') + 2));
    expect(messages.slice(4, 7)).toEqual([
      'Unknown device registration',
      'Response',
      'Unrecognized device registration.',
    ]);
  });

  it('never shows a function key in its log', async () => {
    const host = await start();
    await post(host.url, JSON.stringify({ webhookUrl: host.url, again: host.key }));
    const log = host.lines.join('\n');
    expect(log).toContain('/api/HttpTrigger1?****');
    expect(log).not.toContain(host.key);
  });

  it('makes a new key of 32 bytes for each start', async () => {
    const [one, other] = [await start(), await start()];
    expect(Buffer.from(one.key, 'base64url')).toHaveLength(32);
    expect(one.key).not.toBe(other.key);
    expect(one.url).toBe(`${one.baseUrl}/api/HttpTrigger1?code=${one.key}`);
  });

  it('accepts a given key in the header or, encoded, in the query', async () => {
    const host = await start({ functionKey: 'a/b+c==' });
    const bare = `${host.baseUrl}/api/HttpTrigger1`;
    expect(host.url).toBe(`${bare}?code=a%2Fb%2Bc%3D%3D`);
    expect((await post(host.url, '{}')).status).toBe(400);
    expect((await post(bare, '{}', { 'x-functions-key': host.key })).status).toBe(400);
  });

  it.each([
    ['no key', '', {}],
    ['a wrong key', '?code=wrong', {}],
    ['an empty key', '?code=', {}],
    ['a wrong key in the header, whatever the query says', '?code=right-key', { 'x-functions-key': 'wrong' }],
  ])('answers 401 with an empty body to %s and does not call the function', async (_what, query, headers) => {
    const host = await start({ functionKey: 'right-key' });
    const response = await post(`${host.baseUrl}/api/HttpTrigger1${query}`, allocationRequest(), headers);
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('');
    expect(host.lines).toEqual([]);
  });

  it.each([
    ['GET', '/api/HttpTrigger1'],
    ['PUT', '/api/HttpTrigger1'],
    ['POST', '/'],
    ['POST', '/api/HttpTrigger2'],
    ['POST', '//elsewhere/api/HttpTrigger1'],
  ])('answers 404 to %s %s', async (method, path) => {
    const host = await start();
    expect((await fetch(`${host.baseUrl}${path}?code=${host.key}`, { method })).status).toBe(404);
  });

  it('finds its route in any case and with a slash at the end', async () => {
    const host = await start();
    expect((await post(`${host.baseUrl}/API/httptrigger1/?code=${host.key}`, allocationRequest())).status).toBe(200);
  });

  it.each([
    ['reads a body of exactly 1 MiB', 0, 400],
    ['answers 413 to a body that is one byte larger', 1, 413],
  ])('%s', async (_what, extraBytes, status) => {
    const host = await start();
    expect((await post(host.url, 'x'.repeat(1024 * 1024 + extraBytes))).status).toBe(status);
  });

  it('answers 500 with an empty body when the function throws, and logs why', async () => {
    const handler = () => {
      throw new Error('the toaster is on fire');
    };
    const host = await start({ handler });
    const response = await post(host.url, '{}');
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('');
    expect(host.lines.at(-1)).toMatch(
      /\[Error\] Executed 'Functions\.HttpTrigger1' \(Failed, Id=[0-9a-f-]{36}, Duration=\d+ms\) Error: the toaster is on fire/,
    );
  });

  it('hands headers and query to the function, and its response to the caller', async () => {
    const host = await start({
      handler: (request) => ({
        status: 201,
        headers: { 'x-seen': `${request.headers.get('x-sent')} ${request.query.get('code')}` },
        jsonBody: { method: request.method },
      }),
    });
    const response = await post(host.url, '{}', { 'x-sent': 'hello' });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-seen')).toBe(`hello ${host.key}`);
    expect(await response.json()).toEqual({ method: 'POST' });
  });

  it('takes a later port when its own is in use', async () => {
    const taken = await occupyPort();
    const host = await start({ port: taken });
    expect(host.port).toBeGreaterThan(taken);
    expect((await post(host.url, allocationRequest())).status).toBe(200);
  });

  it('fails on a port in use when it may not take another', async () => {
    const taken = await occupyPort();
    await expect(startLocalHost({ port: taken, fallback: false })).rejects.toThrow(/EADDRINUSE/);
  });

  it('refuses an empty key, which a missing one would match', async () => {
    await expect(startLocalHost({ port: 0, functionKey: '' })).rejects.toThrow('functionKey must not be empty');
  });

  it('ends connections at once when it stops, also in the middle of a call', async () => {
    let called = () => {};
    const isCalled = new Promise<void>((resolve) => {
      called = resolve;
    });
    const host = await start({
      handler: () => {
        called();
        return new Promise(() => {});
      },
    });
    const idle = connect(host.port, '127.0.0.1');
    await once(idle, 'connect');
    const ended = expect(post(host.url, '{}')).rejects.toThrow();
    await isCalled;
    await Promise.all([host.stop(), once(idle, 'close'), ended]);
    await expect(post(host.url, '{}')).rejects.toThrow();
  });
});
