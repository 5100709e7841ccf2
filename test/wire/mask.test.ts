import { describe, expect, it } from 'vitest';
import { MASK, maskJson, maskQuery, maskText } from '../../emulator/wire/mask.ts';

describe('maskQuery [dps-service-behaviour §1.3]', () => {
  it.each([
    [
      'https://app.azurewebsites.net/api/HttpTrigger1?code=abc==',
      'https://app.azurewebsites.net/api/HttpTrigger1?****',
    ],
    ['https://app.azurewebsites.net/api/x?a=1&code=abc&b=?', 'https://app.azurewebsites.net/api/x?****'],
    ['https://app.azurewebsites.net/api/x?', 'https://app.azurewebsites.net/api/x?****'],
    ['https://www.test.test', 'https://www.test.test'],
    ['http://user:secret@127.0.0.1:7071/api/x', 'http://user:****@127.0.0.1:7071/api/x'],
  ])('shows %s as %s', (url, shown) => {
    expect(maskQuery(url)).toBe(shown);
  });
});

/** Every place in free text where a secret was seen; SECRET stands for it. */
const texts = [
  'SharedAccessSignature sr=0ne1/registrations/d&sig=SECRET&se=1&skn=registration',
  'SharedAccessSignature sig=SECRET&sr=x',
  'HostName=h;SharedAccessKeyName=iothubowner;SharedAccessKey=SECRET',
  'POST http://h/api/x?code=SECRET failed',
  'POST http://h/api/x?a=1&code=SECRET&b=2 failed',
  'x-functions-key: SECRET',
  '{"x-functions-key":"SECRET"}',
  'http://user:SECRET@host/path',
  '{"primaryKey":"SECRET"}',
  '{ "secondaryKey" : "SECRET" }',
  '{"symmetricKey":{"primaryKey":"SECRET","secondaryKey":"SECRET"}}',
  '{"password":"with \\" a quote SECRET"}',
  '{"text":"{\\"primaryKey\\":\\"SECRET\\",\\"a\\":1}"}',
  '{"Authorization":"SharedAccessSignature SECRET"}',
];

describe('maskText', () => {
  it.each(texts)('leaves no secret in %s', (text) => {
    expect(maskText(text)).not.toContain('SECRET');
    expect(maskText(text)).toContain(MASK);
  });

  it('leaves JSON readable as JSON', () => {
    const text = '{"primaryKey":"S\\\\\\"x","payload":{"password":"p"},"n":"{\\"password\\":\\"p\\",\\"a\\":1}","a":1}';
    expect(JSON.parse(maskText(text))).toEqual({
      primaryKey: MASK,
      payload: { password: MASK },
      n: `{"password":"${MASK}","a":1}`,
      a: 1,
    });
  });

  it.each([
    '',
    'sr=0ne1/registrations/d',
    '{"registrationId":"d","key":"primary"}',
    'status code: 401',
  ])('leaves %j as it is', (text) => {
    expect(maskText(text)).toBe(text);
  });
});

describe('maskJson', () => {
  it('masks members with the name of a secret wherever they stand, whatever their type', () => {
    const masked = maskJson({
      a: [{ PrimaryKey: 'SECRET' }, { password: ['SECRET'] }, { Authorization: { x: 'SECRET' } }],
    });
    expect(JSON.stringify(masked)).not.toContain('SECRET');
  });

  it('keeps an empty secret member visible as absent', () => {
    expect(maskJson({ password: null })).toEqual({ password: null });
  });

  it('masks secrets in text', () => {
    expect(maskJson({ a: ['x?code=SECRET'] })).toEqual({ a: ['x?code=****'] });
  });

  it('keeps order, other members and a member named __proto__', () => {
    const value = JSON.parse('{"b":1,"a":[true,null,1.5],"__proto__":{"c":"d"}}');
    expect(JSON.stringify(maskJson(value))).toBe('{"b":1,"a":[true,null,1.5],"__proto__":{"c":"d"}}');
  });
});
