import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  type Script,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from '../../webhook/stand-in/index.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

const running: StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.stop();
});

async function start(script: Script, options?: StandInOptions): Promise<StandIn> {
  const standIn = await startStandIn(script, options);
  running.push(standIn);
  return standIn;
}

const post = (url: string, body = '{}') => fetch(url, { method: 'POST', body, redirect: 'manual' });

/** Posts with node:http, which shows a response as soon as its head is there. */
async function postUntilHead(url: string): Promise<IncomingMessage> {
  const request = httpRequest(url, { method: 'POST' }).end('{}');
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** What the server sends on a bare socket until it closes. */
async function rawExchange(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n');
  return text(socket.setEncoding('latin1'));
}

describe('whole answers of the stand-in', () => {
  const cases: readonly (readonly [Answer, { status: number; body: string; header?: readonly [string, string] }])[] = [
    [
      { kind: 'json', body: { iotHubHostName: 'h' } },
      { status: 200, body: '{"iotHubHostName":"h"}', header: ['content-type', 'application/json; charset=utf-8'] },
    ],
    [
      { kind: 'json', status: 202, body: null, headers: { 'Content-Type': 'text/html', 'x-more': '1' } },
      { status: 202, body: 'null', header: ['content-type', 'text/html'] },
    ],
    [
      { kind: 'text', text: 'grüezi' },
      { status: 200, body: 'grüezi', header: ['content-type', 'text/plain; charset=utf-8'] },
    ],
    [
      { kind: 'text', status: 400, text: '{', contentType: 'application/json' },
      { status: 400, body: '{', header: ['content-type', 'application/json'] },
    ],
    [
      { kind: 'status', status: 429 },
      { status: 429, body: '' },
    ],
    [
      { kind: 'redirect', to: 'http://elsewhere.test/x' },
      { status: 307, body: '', header: ['location', 'http://elsewhere.test/x'] },
    ],
    [
      { kind: 'redirect', to: '/x', status: 301 },
      { status: 301, body: '', header: ['location', '/x'] },
    ],
  ];

  it.each(cases)('%j arrives as told', async (answer, { status, body, header }) => {
    const standIn = await start([answer]);
    const response = await post(standIn.url);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(body);
    if (header !== undefined) expect(response.headers.get(header[0])).toBe(header[1]);
  });

  it('a slow answer comes after its delay', async () => {
    const standIn = await start([{ kind: 'slow', delayMs: 40, answer: { kind: 'status', status: 204 } }]);
    const sentAt = performance.now();
    expect((await post(standIn.url)).status).toBe(204);
    // Timers may fire up to a millisecond early.
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(39);
  });

  it('a slow answer does not hold up a stop', async () => {
    const standIn = await start([{ kind: 'slow', delayMs: 600_000, answer: { kind: 'status', status: 200 } }]);
    const pending = expect(post(standIn.url)).rejects.toThrow();
    await standIn.untilCalled(1);
    await Promise.all([standIn.stop(), pending]);
  });
});

describe('broken answers of the stand-in', () => {
  it('hang: the request is taken and nothing comes', async () => {
    const standIn = await start([{ kind: 'hang' }]);
    const givenUp = new AbortController();
    const pending = fetch(standIn.url, { method: 'POST', body: 'x', signal: givenUp.signal });
    const ended = expect(pending).rejects.toThrow('given up');
    await standIn.untilCalled(1);
    givenUp.abort(new Error('given up'));
    await ended;
    expect(standIn.requests[0]?.bodyText).toBe('x');
  });

  it('hang-after-headers: the head comes, the body does not', async () => {
    const standIn = await start([{ kind: 'hang-after-headers' }]);
    const response = await postUntilHead(standIn.url);
    expect(response.statusCode).toBe(200);
    const body = text(response);
    await Promise.all([expect(body).rejects.toThrow(/aborted/), standIn.stop()]);
  });

  it('drop: the connection closes without a byte', async () => {
    const standIn = await start([{ kind: 'drop' }]);
    expect(await rawExchange(standIn.port)).toBe('');
    await expect(post(standIn.url)).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
  });

  it('drop-mid-body: the body begins and the connection closes', async () => {
    const standIn = await start([{ kind: 'drop-mid-body' }]);
    const received = await rawExchange(standIn.port);
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(received).toMatch(/content-length: 200\r\n/i);
    expect(received.split('\r\n\r\n')[1]).toBe('{"iotHubHostName":"contoso-');
  });

  it('garbage: what comes is no HTTP', async () => {
    const standIn = await start([{ kind: 'garbage' }]);
    expect(await rawExchange(standIn.port)).toBe('\u0000\u0001 this is no HTTP \u00ff\r\n\r\n');
    const request = httpRequest(standIn.url, { method: 'POST' }).end();
    const [error] = (await once(request, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toMatch(/^HPE_/);
  });

  it('huge: a good document follows so many blanks', async () => {
    const bytes = 3 * 1024 * 1024 + 1;
    const standIn = await start([{ kind: 'huge', bytes, body: { iotHubHostName: 'h' } }]);
    const body = await (await post(standIn.url)).text();
    expect(body.length).toBe(bytes + '{"iotHubHostName":"h"}'.length);
    expect(JSON.parse(body)).toEqual({ iotHubHostName: 'h' });
  });

  it('huge: an endless body ends when the client hangs up, and the stand-in lives on', async () => {
    const standIn = await start([
      { kind: 'huge', bytes: Number.POSITIVE_INFINITY },
      { kind: 'status', status: 200 },
    ]);
    const response = await postUntilHead(standIn.url);
    await once(response, 'data');
    response.destroy();
    expect((await post(standIn.url)).status).toBe(200);
  });
});

describe('the script of the stand-in', () => {
  async function statuses(standIn: StandIn, count: number): Promise<number[]> {
    const seen: number[] = [];
    for (let call = 0; call < count; call += 1) seen.push((await post(standIn.url)).status);
    return seen;
  }

  it('gives the answers of a list in order and repeats the last', async () => {
    const standIn = await start([
      { kind: 'status', status: 429 },
      { kind: 'status', status: 500 },
      { kind: 'status', status: 200 },
    ]);
    expect(await statuses(standIn, 5)).toEqual([429, 500, 200, 200, 200]);
  });

  it('asks a function with the request and its index', async () => {
    const standIn = await start(({ path }, index) => ({ kind: 'text', text: `${path} ${index}` }));
    expect(await (await post(standIn.url)).text()).toBe('/api/HttpTrigger1 0');
    expect(await (await post(new URL('/other', standIn.url).href)).text()).toBe('/other 1');
  });

  it('can be replaced, begins anew then, and keeps the records', async () => {
    const standIn = await start([{ kind: 'status', status: 500 }]);
    await post(standIn.url);
    standIn.answer([
      { kind: 'status', status: 429 },
      { kind: 'status', status: 200 },
    ]);
    expect(await statuses(standIn, 2)).toEqual([429, 200]);
    expect(standIn.count()).toBe(3);
  });

  it('must not be empty', async () => {
    await expect(startStandIn([])).rejects.toThrow('a script needs at least one answer');
  });

  it('shows its own error to the caller when it throws', async () => {
    const standIn = await start(() => {
      throw new Error('no such device');
    });
    const response = await post(standIn.url);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('stand-in script: Error: no such device');
  });
});

describe('the records of the stand-in', () => {
  it('hold method, path, query, headers, body and instant', async () => {
    const standIn = await start([{ kind: 'status', status: 200 }]);
    const before = Date.now();
    await fetch(`${new URL('/a/b', standIn.url)}?x=1&x=2`, {
      method: 'PUT',
      body: '{"ü":1}',
      headers: { 'X-One': '1' },
    });
    const [request] = standIn.requests;
    expect(request).toMatchObject({ method: 'PUT', path: '/a/b', headers: { 'x-one': '1' }, bodyText: '{"ü":1}' });
    expect(request?.query.getAll('x')).toEqual(['1', '2']);
    expect(request?.json()).toEqual({ ü: 1 });
    // Two clocks of the same machine: they may differ by a little, not by minutes.
    expect(Math.abs((request?.atRealMs ?? 0) - before)).toBeLessThan(60_000);
  });

  it('throw when a body that is no JSON is read as JSON', async () => {
    const standIn = await start([{ kind: 'status', status: 200 }]);
    await post(standIn.url, 'no');
    expect(() => standIn.requests[0]?.json()).toThrow(SyntaxError);
  });

  it('can be searched', async () => {
    const standIn = await start([{ kind: 'status', status: 200 }]);
    await post(standIn.url, 'one');
    await post(standIn.url, 'two');
    expect(standIn.find(({ bodyText }) => bodyText === 'two')).toBe(standIn.requests[1]);
    expect(standIn.find(({ bodyText }) => bodyText === 'three')).toBeUndefined();
  });

  it('wake whoever waits for a number of calls, neither early nor late', async () => {
    const standIn = await start([{ kind: 'status', status: 200 }]);
    let reached = false;
    const second = standIn.untilCalled(2).then(() => {
      reached = true;
    });
    await post(standIn.url);
    expect(reached).toBe(false);
    await post(standIn.url);
    await second;
    await standIn.untilCalled(1);
  });

  it('tell whoever waits that the stand-in was stopped', async () => {
    const standIn = await start([{ kind: 'status', status: 200 }]);
    const waiting = standIn.untilCalled(3);
    await post(standIn.url);
    await standIn.stop();
    await expect(waiting).rejects.toThrow('the stand-in was stopped after 1 of 3 requests');
    await expect(standIn.untilCalled(2)).rejects.toThrow('the stand-in was stopped after 1 of 2 requests');
  });
});

describe('the stand-in', () => {
  it('answers 401 to a request without its key, records it, and uses up no answer', async () => {
    const standIn = await start(
      [
        { kind: 'status', status: 202 },
        { kind: 'status', status: 200 },
      ],
      {
        functionKey: 'right key',
      },
    );
    const bare = standIn.url.split('?')[0] ?? '';
    expect((await post(bare)).status).toBe(401);
    expect((await post(`${bare}?code=wrong`)).status).toBe(401);
    expect((await post(standIn.url)).status).toBe(202);
    expect(standIn.count()).toBe(3);
  });

  it('serves HTTPS that a client trusting its certificate verifies', async () => {
    const tls = await selfSignedCertificate('127.0.0.1');
    const standIn = await start([{ kind: 'json', body: 1 }], { tls });
    expect(standIn.url).toMatch(/^https:/);
    const request = httpsRequest(standIn.url, { method: 'POST', ca: tls.cert, agent: false }).end('{}');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(await text(response)).toBe('1');
  });

  it('drops over HTTPS as well', async () => {
    const tls = await selfSignedCertificate('127.0.0.1');
    const standIn = await start([{ kind: 'drop' }], { tls });
    const request = httpsRequest(standIn.url, { method: 'POST', ca: tls.cert, agent: false }).end('{}');
    const [error] = (await once(request, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    expect(standIn.count()).toBe(1);
  });

  it('fails on a port that is in use', async () => {
    const { port } = await start([{ kind: 'hang' }]);
    await expect(startStandIn([{ kind: 'hang' }], { port })).rejects.toThrow(/EADDRINUSE/);
  });

  it('stops at once although a client is still talking, and twice as well as once', async () => {
    const standIn = await start([{ kind: 'hang' }]);
    const halfRequest = connect(standIn.port, '127.0.0.1');
    halfRequest.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
    const pending = expect(post(standIn.url)).rejects.toThrow();
    await standIn.untilCalled(1);
    await Promise.all([standIn.stop(), standIn.stop(), once(halfRequest, 'close'), pending]);
    expect(standIn.count()).toBe(1);
  });
});
