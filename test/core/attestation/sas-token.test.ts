import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeDeviceSas, type SasSpelling } from '../../../emulator/wire/device-sas.ts';
import { isSignedWith, type ParsedSasToken, parseSasToken, type SasToken } from '../../../emulator/wire/sas-token.ts';
import { decodeBase64, deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';

const KEY = '8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==';
const OTHER_KEY = Buffer.alloc(64, 7).toString('base64');
const TUTORIAL_KEY = 'oiK77Oy7rBw8YB6IS6ukRChAw+Yq6GC61RMrPLSTiOOtdI+XDu0LmLuNm11p+qv2I+adqGUdZHm46zXAQdZoOA==';

function parsed(text: string): SasToken {
  const result: ParsedSasToken = parseSasToken(text);
  if (result.kind === 'malformed') throw new Error(result.why);
  return result.token;
}

/** [dps-device-protocol §4], "Golden vectors" */
const golden = [
  [
    'Node',
    'SharedAccessSignature sr=0ne00000001/registrations/my:Reg-01&sig=M3VV81iT2yb0aZQDivDCIDfbpbMy8DonBF%2FBMI%2Fp3lg%3D&skn=registration&se=1795403827',
    1795403827,
  ],
  [
    'C',
    'SharedAccessSignature sr=0ne00000001%2fregistrations%2fmy%3aReg-01&sig=FNDIxpE9%2bmAfsMBxv%2fzXD%2fB7Q3YKH4Jl8ntkw86W5dI%3d&se=1795402816&skn=registration',
    1795402816,
  ],
  [
    'Python',
    'SharedAccessSignature sr=0ne00000001%2Fregistrations%2Fmy%3AReg-01&sig=4GBByQtqam6QDKh97OTCLw0Uz8%2Fz4KpTdlws07A8b3k%3D&se=1795403827',
    1795403827,
  ],
] as const;

describe('reading a token', () => {
  it.each(golden)('verifies the golden token of %s', (_sdk, text, expiresAtSeconds) => {
    const token = parsed(text);
    expect(token.resource).toBe('0ne00000001/registrations/my:Reg-01');
    expect(token.expiryMs).toBe(expiresAtSeconds * 1000);
    expect(isSignedWith(token, KEY)).toBe(true);
    expect(isSignedWith(token, OTHER_KEY)).toBe(false);
  });

  it.each(['node', 'c', 'python', 'java', 'csharp'] as const)('verifies what %s writes', (spelling: SasSpelling) => {
    const text = makeDeviceSas({ idScope: '0ne1', registrationId: 'my:Reg-01', key: KEY, spelling }, Date.now());
    expect(parsed(text).resource).toBe('0ne1/registrations/my:Reg-01');
    expect(isSignedWith(parsed(text), KEY)).toBe(true);
  });

  it('signs the resource as it stands in the token, so another spelling of it does not verify', () => {
    const [, node] = golden[0];
    const reencoded = parsed(node.replace('my:Reg-01', 'my%3AReg-01'));
    expect(reencoded.resource).toBe('0ne00000001/registrations/my:Reg-01');
    expect(isSignedWith(reencoded, KEY)).toBe(false);
  });

  it('keeps skn apart: absent (Python), empty (Java), named', () => {
    const [node, , python] = golden.map(([, text]) => text);
    expect(parsed(node ?? '').keyName).toBe('registration');
    expect(parsed(python ?? '').keyName).toBeUndefined();
    expect(parsed(`${python}&skn=`).keyName).toBe('');
  });

  const sig = encodeURIComponent(Buffer.alloc(32).toString('base64'));
  it.each([
    ['', /does not begin with "SharedAccessSignature "/],
    ['Bearer x', /does not begin/],
    ['SharedAccessSignature', /does not begin/],
    ['SharedAccessSignature ', /a part of the token has no "name="/],
    [`SharedAccessSignature sr=a&sig=${sig}&se=1&`, /has no "name="/],
    [`SharedAccessSignature =a&sig=${sig}&se=1`, /has no "name="/],
    [`SharedAccessSignature sr=a&sr=b&sig=${sig}&se=1`, /"sr" stands twice/],
    [`SharedAccessSignature sig=${sig}&se=1`, /"sr" \(resource\) is missing/],
    [`SharedAccessSignature sr=&sig=${sig}&se=1`, /"sr" \(resource\) is missing/],
    ['SharedAccessSignature sr=a&se=1', /"sig" \(signature\) is missing/],
    [`SharedAccessSignature sr=a&sig=${sig}`, /"se" \(expiry\) is missing/],
    [`SharedAccessSignature sr=a&sig=${sig}&se=soon`, /"se" is not a number/],
    [`SharedAccessSignature sr=a&sig=${sig}&se=-1`, /"se" is not a number/],
    [`SharedAccessSignature sr=a&sig=${sig}&se=1.5`, /"se" is not a number/],
    [`SharedAccessSignature sr=a&sig=${sig}&se=${'9'.repeat(14)}`, /"se" is not a number/],
    [`SharedAccessSignature sr=%E0%A4&sig=${sig}&se=1`, /"sr" is not valid percent-encoding/],
    ['SharedAccessSignature sr=a&sig=%&se=1', /"sig" is not valid percent-encoding/],
    [`SharedAccessSignature sr=a&sig=${sig}&se=1&skn=%`, /"skn" is not valid percent-encoding/],
    ['SharedAccessSignature sr=a&sig=AAAA&se=1', /"sig" is not the base64 of 32 bytes/],
    [`SharedAccessSignature sr=a&sig=${'_'.repeat(44)}&se=1`, /"sig" is not the base64 of 32 bytes/],
  ])('says what is wrong with %j', (text, why) => {
    expect(parseSasToken(text)).toEqual({ kind: 'malformed', why: expect.stringMatching(why) });
  });

  it('takes a signature that is not percent-encoded, as a device written by hand sends it', () => {
    const raw = parsed(golden[1][1]).signature.toString('base64');
    expect(raw).toContain('+');
    const text = golden[1][1].replace(/sig=[^&]+/, () => `sig=${raw}`);
    expect(isSignedWith(parsed(text), KEY)).toBe(true);
  });
});

describe('properties of tokens', () => {
  const key = fc.uint8Array({ minLength: 16, maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('base64'));
  const id = fc.stringMatching(/^[A-Za-z0-9._:-]{0,30}[A-Za-z0-9-]$/);
  const scope = fc.stringMatching(/^[0-9A-Za-z]{1,20}$/);
  const spelling = fc.constantFrom<SasSpelling>('node', 'c', 'python', 'java', 'csharp');
  const options = fc.record({
    idScope: scope,
    registrationId: id,
    key,
    spelling,
    expiresAtSeconds: fc.integer({ min: 0, max: 4e9 }),
  });

  it('what any SDK writes reads back, verifies with its key and with no other', () => {
    fc.assert(
      fc.property(options, key, (given, other) => {
        const token = parsed(makeDeviceSas(given, Date.now()));
        expect(token.resource).toBe(`${given.idScope}/registrations/${given.registrationId}`);
        expect(token.expiryMs).toBe(given.expiresAtSeconds * 1000);
        expect(isSignedWith(token, given.key)).toBe(true);
        expect(isSignedWith(token, other)).toBe(other === given.key);
      }),
    );
  });

  it('a token in which one character is changed does not verify', () => {
    fc.assert(
      fc.property(options, fc.nat(), (given, at) => {
        const text = makeDeviceSas({ ...given, spelling: 'python' }, Date.now());
        const end = text.indexOf('&sig=');
        const index = 'SharedAccessSignature sr='.length + (at % (end - 'SharedAccessSignature sr='.length));
        const changed = parseSasToken(`${text.slice(0, index)}~${text.slice(index + 1)}`);
        expect(changed.kind === 'parsed' && isSignedWith(changed.token, given.key)).toBe(false);
      }),
    );
  });

  it('parsing never throws, whatever the text', () => {
    const field = fc.constantFrom('sr', 'sig', 'se', 'skn', '', '__proto__', 'constructor');
    const part = fc.tuple(field, fc.string()).map(([name, value]) => `${name}=${value}`);
    const near = fc.array(part).map((parts) => `SharedAccessSignature ${parts.join('&')}`);
    fc.assert(fc.property(fc.oneof(fc.string(), near), (text) => void parseSasToken(text)));
  });

  it('base64 is decoded strictly', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(decodeBase64(buffer.toString('base64'))).toEqual(buffer);
      }),
    );
    for (const text of ['a', 'ab', 'abc', 'ab=c', '====', 'ab-_', 'ab c', 'abcd\n']) {
      expect(decodeBase64(text), text).toBeUndefined();
    }
  });
});

describe('derived keys [dps-service-behaviour §3.3]', () => {
  it.each([
    [KEY, 'sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6', 'Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc='],
    [TUTORIAL_KEY, 'breakroom499-contoso-tstrsd-007', 'JC8F96eayuQwwz+PkE7IzjH2lIAjCUnAa61tDigBnSs='],
    [TUTORIAL_KEY, 'mainbuilding167-contoso-hpsd-088', '6uejA9PfkQgmYylj8Zerp3kcbeVrGZ172YLa7VSnJzg='],
  ])('%s gives %s its key', (groupKey, registrationId, deviceKey) => {
    expect(deriveDeviceKey(groupKey, registrationId)).toBe(deviceKey);
  });
});
