import { describe, expect, it } from 'vitest';
import {
  createMasker,
  MASK,
  maskJson,
  maskLikelyKeys,
  maskQuery,
  maskText,
  secretsOfUrl,
} from '../../emulator/wire/mask.ts';

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

describe('a masker that knows a secret', () => {
  const secret = 'a/b+"c"&d==';

  it.each([
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in lower case, as the C SDK does', encodeURIComponent(secret).toLowerCase()],
    ['inside JSON', JSON.stringify({ a: secret })],
    ['inside HTML', 'a/b+&quot;c&quot;&amp;d=='],
    ['in base64', Buffer.from(secret).toString('base64')],
  ])('masks it %s', (_how, text) => {
    const masked = createMasker([secret]).text(`before ${text} after`);
    expect(masked).toMatch(/^before .*\*{4}.* after$/);
    expect(masked).not.toContain(text.replace(/^\{"a":"|"\}$/g, ''));
  });

  it('masks it decoded when it is known as a URL spells it', () => {
    const [, value] = secretsOfUrl('http://h/f?code=a%2Fb%2Bc%3D%3D');
    expect(createMasker([value]).text('echo a/b+c== a%2Fb%2Bc%3D%3D')).toBe('echo **** ****');
  });

  it('masks all of it where a pattern would leave the rest', () => {
    expect(createMasker(['ab&cdef']).text('http://h/?code=ab&cdef')).toBe('http://h/?code=****');
  });

  it('masks it in the names and values of JSON, and by pattern what it does not know', () => {
    const value = { 'my-secret': ['my-secret', 'sig=other'], password: 'third' };
    expect(createMasker(['my-secret']).json(value)).toEqual({ '****': ['****', 'sig=****'], password: MASK });
  });

  it('learns more of them, and takes the longer one first', () => {
    const masker = createMasker(['secret-one']);
    masker.add(['secret-one-and-two', undefined, '']);
    expect(masker.text('secret-one-and-two, secret-one')).toBe('****, ****');
  });

  it('leaves what is too short to be one, and characters that mean something in a pattern mean nothing', () => {
    expect(createMasker(['abcde']).text('abcde')).toBe('abcde');
    expect(createMasker(['a.*b(c[']).text('a.*b(c[ axxb(c[')).toBe('**** axxb(c[');
    expect(createMasker(['\ud800-lone']).text('x')).toBe('x');
  });
});

it('what looks like a key is masked although nothing says so', () => {
  expect(maskLikelyKeys('--kye oiK77Oy7rBw8YB6IS6ukRChAw= short')).toBe('--kye **** short');
});
