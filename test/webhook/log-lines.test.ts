import { describe, expect, it } from 'vitest';
import { createMasker } from '../../emulator/wire/mask.ts';
import { createLogWriter, maskFunctionKeys } from '../../webhook/host/log-lines.ts';

const key = 'kRdDh2cY0b5w1gOQ_xyz-0123';

describe('the local host’s log', () => {
  it.each([
    ['a URL', `POST http://localhost/api/HttpTrigger1?code=${key}`, 'POST http://localhost/api/HttpTrigger1?****'],
    ['a URL with more in its query', `"http://h/a?x=1&code=${key}&y=2"`, '"http://h/a?****"'],
    ['a URL with an escaped ampersand', `"http://h/a?x=1\\u0026code=${key}"`, '"http://h/a?****"'],
    ['the key of another function', '{"webhookUrl":"https://h/a?code=other"}', '{"webhookUrl":"https://h/a?****"}'],
    ['the key alone', `it is ${key}.`, 'it is ****.'],
    ['two URLs', `http://h/a?code=${key} http://h/b?CODE=z`, 'http://h/a?**** http://h/b?****'],
  ])('masks %s', (_what, text, masked) => {
    expect(maskFunctionKeys(text, key)).toBe(masked);
  });

  const slashes = 'a/b+c/d==-function-key';
  const bearer = 'c2VjcmV0LW9mLXNvbWVib2R5LWVsc2U';

  it.each([
    ['as it is', `seen ${slashes} here`, slashes],
    ['encoded', `seen ${encodeURIComponent(slashes)} here`, encodeURIComponent(slashes)],
    ['encoded by the C SDK', `seen ${encodeURIComponent(slashes).toLowerCase()}`, 'a%2fb%2bc'],
    ['in base64', `seen ${Buffer.from(slashes).toString('base64')}`, Buffer.from(slashes).toString('base64')],
    ['in a URL', `POST http://h/api/f?x=1&code=${bearer}`, bearer],
    ['in a header', `x-functions-key: ${bearer}`, bearer],
    ['in a header as JSON', `{"x-functions-key":"${bearer}"}`, bearer],
    ['in a token', `SharedAccessSignature sr=a&sig=${bearer}&se=1`, bearer],
    ['in a connection string', `HostName=h;SharedAccessKey=${bearer};x=1`, bearer],
    ["in an enrollment's keys", `{"symmetricKey":{"primaryKey":"${bearer}","secondaryKey": "${bearer}"}}`, bearer],
    ['in a URL with a password', `https://me:${bearer}@h/`, bearer],
  ])('hides a secret %s, as the masker of the emulator does', (_how, text, secret) => {
    const masked = [maskFunctionKeys(text, slashes), createMasker([slashes]).text(text)];
    for (const one of masked) expect(one).not.toContain(secret);
    for (const one of masked) expect(one).toContain('****');
  });

  it.each([
    'GET /a?api-version=2021-06-01 ok?',
    '{"registrationId":"toaster-007","linkedHubs":["a-hub.azure-devices.net"]}',
    'https://h:443/a signal=strong',
  ])('shows %s, as the masker of the emulator does', (text) => {
    expect([maskFunctionKeys(text, slashes), createMasker([slashes]).text(text)]).toEqual([text, text]);
  });

  it('leaves a query without a key alone', () => {
    expect(maskFunctionKeys('GET /a?api-version=2021-06-01 ok?', key)).toBe('GET /a?api-version=2021-06-01 ok?');
  });

  it('masks a very short key in queries only', () => {
    expect(maskFunctionKeys('toaster /a?code=t', 't')).toBe('toaster /a?****');
  });

  it('masks a key in the encoding it has in a URL', () => {
    expect(maskFunctionKeys('seen: a%2Fb%2Fc%2Fd%3D%3D', 'a/b/c/d==')).toBe('seen: ****');
  });

  it('masks a megabyte of question marks without slowing down', () => {
    const hostile = '?'.repeat(1_000_000);
    expect(maskFunctionKeys(hostile, key)).toBe(hostile);
  });

  it('puts instant and level before the message, as the tutorial’s log does', () => {
    const lines: string[] = [];
    createLogWriter(key, (line) => lines.push(line))('Information', 'Response');
    expect(lines).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} \[Information\] Response$/)]);
  });
});
