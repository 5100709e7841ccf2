import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postJson } from '../../emulator/allocation-webhook/client.ts';

const HOST = 'https://contoso-function-app-1098.azurewebsites.net';
const PATH = '/api/HttpTrigger1';

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const post = (url: string, realTimeoutMs = 2_000) =>
  postJson(
    url,
    '{"linkedHubs":[]}',
    { realTimeoutMs, responseBytesMax: 1024, ca: async () => [], followRedirects: false },
    new AbortController().signal,
  );

describe('the call to a function app, as nock sees it', () => {
  it('is one POST with the function key in the query and JSON in the body', async () => {
    const scope = nock(HOST, {
      reqheaders: {
        'content-type': 'application/json; charset=utf-8',
        accept: 'application/json',
        'content-length': '17',
        host: 'contoso-function-app-1098.azurewebsites.net',
      },
    })
      .post(PATH, { linkedHubs: [] })
      .query({ code: 'abc/+==', clientId: 'default' })
      .reply(200, { iotHubHostName: 'h' });
    const url = `${HOST}${PATH}?code=abc%2F%2B%3D%3D&clientId=default`;
    expect(await post(url)).toEqual({ kind: 'response', status: 200, body: '{"iotHubHostName":"h"}' });
    expect(scope.isDone()).toBe(true);
  });

  it('carries no Authorization and no cookie', async () => {
    nock(HOST, { badheaders: ['authorization', 'cookie', 'x-functions-key'] })
      .post(PATH)
      .reply(200, {});
    expect(await post(`${HOST}${PATH}`)).toMatchObject({ status: 200 });
  });

  it.each([
    200, 202, 301, 400, 401, 404, 428, 429, 500, 503,
  ])('%i comes back as it is, with its body', async (status) => {
    nock(HOST).post(PATH).reply(status, 'text');
    expect(await post(`${HOST}${PATH}`)).toEqual({ kind: 'response', status, body: 'text' });
  });

  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['EAI_FAIL', 'dns'],
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ENETUNREACH', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['ECONNRESET', 'dropped'],
    ['EPIPE', 'dropped'],
    ['HPE_INVALID_CONSTANT', 'garbage'],
    ['EPROTO', 'tls'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['CERT_NOT_YET_VALID', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['INVALID_CA', 'tls'],
    ['INVALID_PURPOSE', 'tls'],
    ['PATH_LENGTH_EXCEEDED', 'tls'],
    ['HOSTNAME_MISMATCH', 'tls'],
  ])('the error %s is told as %s', async (code, failure) => {
    nock(HOST)
      .post(PATH)
      .replyWithError(Object.assign(new Error(`broken: ${code}`), { code }));
    expect(await post(`${HOST}${PATH}`)).toEqual({ kind: 'no-response', failure, detail: `broken: ${code}` });
  });

  it('an answer that is delayed beyond the time-out is one', async () => {
    nock(HOST).post(PATH).delay(1_000).reply(200, {});
    expect(await post(`${HOST}${PATH}`, 30)).toMatchObject({ kind: 'no-response', failure: 'timeout' });
    nock.abortPendingRequests();
  });
});
