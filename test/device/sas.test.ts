import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeDeviceSas, type SasSpelling } from '../../emulator/wire/device-sas.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';

/** The golden vectors. [dps-device-protocol §4] */
const KEY = '8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==';
const device = { idScope: '0ne00000001', registrationId: 'my:Reg-01', key: KEY } as const;

it.each<[SasSpelling, number, string]>([
  [
    'node',
    1795403827,
    'SharedAccessSignature sr=0ne00000001/registrations/my:Reg-01&sig=M3VV81iT2yb0aZQDivDCIDfbpbMy8DonBF%2FBMI%2Fp3lg%3D&skn=registration&se=1795403827',
  ],
  [
    'c',
    1795402816,
    'SharedAccessSignature sr=0ne00000001%2fregistrations%2fmy%3aReg-01&sig=FNDIxpE9%2bmAfsMBxv%2fzXD%2fB7Q3YKH4Jl8ntkw86W5dI%3d&se=1795402816&skn=registration',
  ],
  [
    'python',
    1795403827,
    'SharedAccessSignature sr=0ne00000001%2Fregistrations%2Fmy%3AReg-01&sig=4GBByQtqam6QDKh97OTCLw0Uz8%2Fz4KpTdlws07A8b3k%3D&se=1795403827',
  ],
  [
    'java',
    1795403827,
    'SharedAccessSignature sr=0ne00000001/registrations/my:Reg-01&sig=M3VV81iT2yb0aZQDivDCIDfbpbMy8DonBF%2FBMI%2Fp3lg%3D&se=1795403827&skn=',
  ],
  [
    'csharp',
    1795403827,
    'SharedAccessSignature sr=0ne00000001%2Fregistrations%2Fmy%3AReg-01&sig=4GBByQtqam6QDKh97OTCLw0Uz8%2Fz4KpTdlws07A8b3k%3D&se=1795403827&skn=registration',
  ],
])('writes the token of the fact sheet as %s does', (spelling, expiresAtSeconds, token) => {
  expect(makeDeviceSas({ ...device, spelling, expiresAtSeconds }, Date.now())).toBe(token);
});

it.each<[SasSpelling, number]>([
  ['node', 3600],
  ['c', 2400],
  ['python', 3600],
  ['java', 3600],
  ['csharp', 86_400],
])('lets a token of %s live %d s', (spelling, ttlSeconds) => {
  expect(lifeOf(makeDeviceSas({ ...device, spelling }, Date.now()))).toBeOneOf([ttlSeconds, ttlSeconds - 1]);
});

it('makes a token that has expired already', () => {
  expect(lifeOf(makeDeviceSas({ ...device, ttlSeconds: -60 }, Date.now()))).toBeOneOf([-60, -61]);
});

it('derives the published device key of the documentation', () => {
  expect(deriveDeviceKey(KEY, 'sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6')).toBe(
    'Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=',
  );
});

it('derives from the id exactly as it is spelt', () => {
  const key = deriveDeviceKey(KEY, 'my:Reg-01');
  expect(key).toBe(createHmac('sha256', Buffer.from(KEY, 'base64')).update('my:Reg-01').digest('base64'));
  expect(deriveDeviceKey(KEY, 'my:reg-01')).not.toBe(key);
});

function lifeOf(token: string): number {
  return Number(/se=(\d+)/.exec(token)?.[1]) - Math.floor(Date.now() / 1000);
}
