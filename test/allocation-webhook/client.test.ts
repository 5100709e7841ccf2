import { getEventListeners } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { postJson, type WebhookClientOptions } from '../../emulator/allocation-webhook/client.ts';
import type { WebhookOutcome } from '../../emulator/core/ports.ts';
import {
  type Answer,
  type Script,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from '../../webhook/stand-in/index.ts';
import { authorityWithLeaf } from './certificates.ts';
import { closedPort, rawServer } from './raw-server.ts';

const CAP_BYTES = 4_000;

function post(url: string, options: Partial<WebhookClientOptions> = {}, signal = new AbortController().signal) {
  const standard = { realTimeoutMs: 5_000, responseBytesMax: CAP_BYTES, ca: async () => [], followRedirects: false };
  return postJson(url, '{"a":1}', { ...standard, ...options }, signal);
}

async function start(script: Script, options?: StandInOptions): Promise<StandIn> {
  const standIn = await startStandIn(script, options);
  onTestFinished(() => standIn.stop());
  return standIn;
}

const failure = (name: string, detail: RegExp) => ({
  kind: 'no-response',
  failure: name,
  detail: expect.stringMatching(detail),
});

describe('answers of a webhook on a real socket', () => {
  it.each<readonly [string, Answer, WebhookOutcome]>([
    ['200 with JSON', { kind: 'json', body: { a: 'ü' } }, { kind: 'response', status: 200, body: '{"a":"ü"}' }],
    ['204 without a body', { kind: 'status', status: 204 }, { kind: 'response', status: 204, body: '' }],
    ['401', { kind: 'status', status: 401 }, { kind: 'response', status: 401, body: '' }],
    ['400 with text', { kind: 'text', status: 400, text: 'no' }, { kind: 'response', status: 400, body: 'no' }],
    ['503', { kind: 'status', status: 503 }, { kind: 'response', status: 503, body: '' }],
    ['a redirect', { kind: 'redirect', to: '/elsewhere' }, { kind: 'response', status: 307, body: '' }],
    [
      'a slow one, in time',
      { kind: 'slow', delayMs: 20, answer: { kind: 'json', body: 1 } },
      { kind: 'response', status: 200, body: '1' },
    ],
    [
      'exactly as many bytes as are read',
      { kind: 'text', text: 'x'.repeat(CAP_BYTES) },
      { kind: 'response', status: 200, body: 'x'.repeat(CAP_BYTES) },
    ],
  ])('%s', async (_title, answer, outcome) => {
    const standIn = await start([answer]);
    expect(await post(standIn.url)).toEqual(outcome);
    expect(standIn.requests.map(({ method, bodyText }) => [method, bodyText])).toEqual([['POST', '{"a":1}']]);
  });

  it.each<readonly [string, Answer, object]>([
    ['dropped', { kind: 'drop' }, failure('dropped', /socket hang up/)],
    ['dropped in the middle', { kind: 'drop-mid-body' }, failure('dropped', /in the middle of the answer/)],
    ['that is no HTTP', { kind: 'garbage' }, failure('garbage', /Parse Error/)],
    ['that is too large', { kind: 'huge', bytes: 1e9 }, failure('too-large', /larger than 4000 bytes/)],
    ['without end', { kind: 'huge', bytes: Number.POSITIVE_INFINITY }, failure('too-large', /larger than 4000 bytes/)],
    ['one byte too large', { kind: 'text', text: 'x'.repeat(CAP_BYTES + 1) }, failure('too-large', /larger than 4000/)],
  ])('an answer %s', async (_title, answer, outcome) => {
    const standIn = await start([answer]);
    expect(await post(standIn.url)).toEqual(outcome);
  });

  it.each<readonly [string, Answer]>([
    ['never comes', { kind: 'hang' }],
    ['ends after its head', { kind: 'hang-after-headers' }],
    ['comes too late', { kind: 'slow', delayMs: 10_000, answer: { kind: 'status', status: 200 } }],
  ])('an answer that %s is a time-out', async (_title, answer) => {
    const standIn = await start([answer]);
    const startedMs = performance.now();
    expect(await post(standIn.url, { realTimeoutMs: 40 })).toEqual(
      failure('timeout', /no complete answer within 40 ms/),
    );
    expect(performance.now() - startedMs).toBeGreaterThan(35);
  });

  it.each([
    ['a chunk size that is no number', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n', 'garbage'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 'garbage'],
    ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 'garbage'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'garbage'],
    ['a switch to another protocol', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', 'dropped'],
    ['nothing at all', '', 'dropped'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent', 'dropped'],
  ] as const)('an answer of %s', async (_title, bytes, name) => {
    const server = await rawServer((socket) => socket.end(bytes));
    expect(await post(server.url)).toEqual(failure(name, /./));
  });

  it('a body that ends with the connection is whole', async () => {
    const server = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n{}'));
    expect(await post(server.url)).toEqual({ kind: 'response', status: 200, body: '{}' });
  });

  it('a webhook that resets the connection has dropped it', async () => {
    const server = await rawServer((socket) => socket.resetAndDestroy());
    expect(await post(server.url)).toEqual(failure('dropped', /ECONNRESET/));
  });

  it('a port that nothing listens on refuses', async () => {
    expect(await post(`http://127.0.0.1:${await closedPort()}/`)).toEqual(failure('refused', /ECONNREFUSED/));
  });

  it('a name that does not resolve', async () => {
    expect(await post('http://dps-emulator.invalid/api')).toEqual(failure('dns', /dps-emulator\.invalid/));
  });

  it.each([
    'not a URL',
    'ftp://127.0.0.1/',
    'http://',
    'http://127.0.0.1:99999/',
  ])('%j cannot be called', async (url) => {
    expect(await post(url)).toEqual(failure('dns', /not a valid http or https URL/));
  });
});

describe('interim answers', () => {
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

  it('are passed over, twenty of them', async () => {
    const { url } = await rawServer((socket) => socket.end(CONTINUE.repeat(20) + OK));
    expect(await post(url)).toMatchObject({ status: 200, body: '{}' });
  });

  it('and no more: the connection is closed', async () => {
    const server = await rawServer((socket) => socket.write(CONTINUE.repeat(21) + OK));
    expect(await post(server.url)).toEqual(failure('garbage', /more than 20 interim answers/));
    await expect.poll(server.open).toBe(0);
  });
});

it('reads an answer that comes in many small pieces, up to the cap and no further', async () => {
  const pieces = (length: number) =>
    rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      socket.end(`${'1\r\na\r\n'.repeat(length)}0\r\n\r\n`);
    });
  expect(await post((await pieces(CAP_BYTES)).url)).toMatchObject({ status: 200, body: 'a'.repeat(CAP_BYTES) });
  expect(await post((await pieces(CAP_BYTES + 1)).url)).toEqual(failure('too-large', /4000 bytes/));
});

describe('redirects', () => {
  const good: Answer = { kind: 'json', body: 'there' };

  it('are followed on request, as the same POST', async () => {
    const target = await start([good]);
    const standIn = await start([{ kind: 'redirect', to: `${target.url}?x=1`, status: 308 }]);
    expect(await post(standIn.url, { followRedirects: true })).toMatchObject({ status: 200, body: '"there"' });
    expect(target.requests.map(({ method, bodyText, query }) => [method, bodyText, query.get('x')])).toEqual([
      ['POST', '{"a":1}', '1'],
    ]);
  });

  it('may be relative', async () => {
    const standIn = await start([{ kind: 'redirect', to: '../elsewhere', status: 302 }, good]);
    expect(await post(standIn.url, { followRedirects: true })).toMatchObject({ status: 200 });
    expect(standIn.requests[1]?.path).toBe('/elsewhere');
  });

  it('end after five', async () => {
    const standIn = await start([{ kind: 'redirect', to: '/again' }]);
    expect(await post(standIn.url, { followRedirects: true })).toMatchObject({ status: 307 });
    expect(standIn.count()).toBe(6);
  });

  it.each(['ftp://x/', 'http://', ''])('to %j are an answer like any other', async (to) => {
    const standIn = await start([{ kind: 'redirect', to }, good]);
    const outcome = await post(standIn.url, { followRedirects: true });
    expect(outcome).toMatchObject({ status: to === '' ? 200 : 307 });
  });

  it('lead nowhere that is forbidden', async () => {
    const target = await start([good]);
    const standIn = await start([{ kind: 'redirect', to: target.url }]);
    const asked: string[] = [];
    const mayRedirectTo = async (url: string): Promise<boolean> => {
      asked.push(url);
      return false;
    };
    expect(await post(standIn.url, { followRedirects: true, mayRedirectTo })).toMatchObject({ status: 307 });
    expect(asked).toEqual([target.url]);
    expect(target.count()).toBe(0);
  });

  it('share one time-out', async () => {
    const slow: Answer = { kind: 'slow', delayMs: 30, answer: { kind: 'redirect', to: '/again' } };
    const standIn = await start([slow]);
    expect(await post(standIn.url, { followRedirects: true, realTimeoutMs: 80 })).toEqual(failure('timeout', /80 ms/));
    expect(standIn.count()).toBeLessThanOrEqual(4);
  });
});

describe('https webhooks', () => {
  const ok: Script = [{ kind: 'json', body: {} }];

  it('are called when a CA of the user signed their certificate', async () => {
    const { ca, tls } = await authorityWithLeaf('127.0.0.1');
    const standIn = await start(ok, { tls });
    expect(await post(standIn.url, { ca: async () => [ca] })).toEqual({ kind: 'response', status: 200, body: '{}' });
  });

  it.each([
    ['of a CA that nobody trusts', '127.0.0.1', false, false, /unable to verify|unable to get|self[- ]signed/],
    ['of the wrong CA', '127.0.0.1', false, true, /unable to verify|unable to get|self[- ]signed|signature/],
    ['for another name', 'elsewhere.example', false, undefined, /does not match certificate's altnames|altnames/],
    ['whose time is over', '127.0.0.1', true, undefined, /expired/],
  ] as const)('with a certificate %s are not', async (_title, host, isExpired, isWrongCa, detail) => {
    const { ca, tls } = await authorityWithLeaf(host, { isExpired });
    const other = isWrongCa === true ? (await authorityWithLeaf(host)).ca : undefined;
    const trusted = isWrongCa === undefined ? [ca] : other === undefined ? [] : [other];
    const standIn = await start(ok, { tls });
    expect(await post(standIn.url, { ca: async () => trusted })).toEqual(failure('tls', detail));
    expect(standIn.count()).toBe(0);
  });

  it('that turn out to speak plain HTTP are a TLS failure', async () => {
    const standIn = await start(ok);
    expect(await post(standIn.url.replace('http:', 'https:'))).toEqual(failure('tls', /./));
  });

  it('that close before the handshake have dropped the connection', async () => {
    const server = await rawServer((socket) => socket.end());
    expect(await post(server.url.replace('http:', 'https:'))).toEqual(failure('dropped', /before secure TLS/));
  });

  it('are only then a reason to read the CA files', async () => {
    const standIn = await start(ok);
    const ca = async (): Promise<readonly string[]> => {
      throw new Error('read');
    };
    expect(await post(standIn.url, { ca })).toMatchObject({ status: 200 });
  });
});

describe('what a call leaves behind', () => {
  const answers: readonly Answer[] = [
    { kind: 'json', body: {} },
    { kind: 'status', status: 500 },
    { kind: 'hang' },
    { kind: 'hang-after-headers' },
    { kind: 'drop' },
    { kind: 'drop-mid-body' },
    { kind: 'garbage' },
    { kind: 'huge', bytes: 1e9 },
    { kind: 'redirect', to: '/x' },
  ];
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

  it.each(answers)('no timer and no listener after $kind', async (answer) => {
    const standIn = await start([answer]);
    const realTimeoutMs = answer.kind.startsWith('hang') ? 20 : 60_000;
    const before = timers();
    const abort = new AbortController();
    for (let call = 0; call < 8; call += 1) await post(standIn.url, { realTimeoutMs }, abort.signal);
    // The runner has a timer or two of its own; eight leaks would show beside them.
    expect(timers()).toBeLessThan(before + 4);
    // The events of closing sockets take a few turns.
    await expect.poll(() => getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it.each([
    ['is whole', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['is too large', `HTTP/1.1 200 OK\r\n\r\n${' '.repeat(CAP_BYTES + 1)}`],
    ['never ends', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{'],
    ['never comes', ''],
    ['is no HTTP', 'hello\r\n\r\n'],
  ])('no connection after an answer that %s, though the webhook keeps it open', async (_title, bytes) => {
    const server = await rawServer((socket) => socket.write(bytes));
    await post(server.url, { realTimeoutMs: 30 });
    await expect.poll(() => server.open()).toBe(0);
  });

  it('an abort ends the call at once, with its reason, and closes the connection', async () => {
    let isClosed: Promise<void> | undefined;
    const server = await rawServer((socket) => {
      isClosed = new Promise((resolve) => {
        socket.once('close', () => resolve());
      });
      abort.abort(new Error('superseded'));
    });
    const abort = new AbortController();
    await expect(post(server.url, {}, abort.signal)).rejects.toThrow('superseded');
    await isClosed;
    expect(server.open()).toBe(0);
  });

  it('an abort before the call makes none', async () => {
    const standIn = await start([{ kind: 'json', body: {} }]);
    await expect(post(standIn.url, {}, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(standIn.count()).toBe(0);
  });
});
