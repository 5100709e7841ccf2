import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRegistrationId, registrationKey } from '../../emulator/wire/registration-id.ts';

const ANYWHERE = [...'ABCXYZabcxyz0189-._:'];
const AT_THE_END = ANYWHERE.filter((character) => !'._:'.includes(character));

describe('the grammar of registration ids [dps-service-behaviour §3.3]', () => {
  it.each([
    'a',
    '0',
    '-',
    'a-',
    'A.b_c:d-9',
    'my:Reg-01',
    'sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6',
    'WioTerminal',
    'x'.repeat(128),
  ])('admits %s', (id) => {
    expect(isRegistrationId(id)).toBe(true);
  });

  it.each([
    '',
    'a.',
    'a_',
    'a:',
    '.',
    'a b',
    'a/b',
    'ä',
    'a\n',
    'a\u0000',
    'a%20b',
    'a$',
    '😀',
    'x'.repeat(129),
  ])('refuses %j', (id) => {
    expect(isRegistrationId(id)).toBe(false);
  });

  it('admits exactly what the rule in words says', () => {
    const byRule = fc
      .tuple(fc.array(fc.constantFrom(...ANYWHERE), { maxLength: 127 }), fc.constantFrom(...AT_THE_END))
      .map(([body, end]) => `${body.join('')}${end}`);
    fc.assert(fc.property(byRule, (id) => isRegistrationId(id)));
    fc.assert(
      fc.property(byRule, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (id, at, character) => {
        const changed = `${id.slice(0, at % id.length)}${character}${id.slice((at % id.length) + 1)}`;
        const isAllowed = /^[A-Za-z0-9._:-]$/.test(character) && changed.length > 0 && !/[._:]$/.test(changed);
        expect(isRegistrationId(changed)).toBe(isAllowed);
      }),
    );
  });

  it('compares ids without regard to case', () => {
    expect(registrationKey('My:Reg-01')).toBe(registrationKey('mY:rEG-01'));
    expect(registrationKey('a')).not.toBe(registrationKey('b'));
  });
});
