import { describe, expect, it } from 'vitest';
import { certificateNames, STANDARD_NAMES } from '../../emulator/tls/certificate-names.ts';

function extraNames(...extra: string[]): string[] {
  return certificateNames(extra)
    .map((name) => `${name.type}:${name.value}`)
    .filter((text) => !STANDARD_NAMES.includes(text.replace(/^(dns|ip):/, '')));
}

describe('certificateNames', () => {
  it('always has the standard names', () => {
    expect(
      certificateNames([])
        .map((name) => name.value)
        .sort(),
    ).toEqual([...STANDARD_NAMES].sort());
  });

  it.each([
    { title: 'a host name, in lower case', given: ['Hub.Example.ORG'], expected: ['dns:hub.example.org'] },
    { title: 'a host name without its final dot', given: ['hub.example.org.'], expected: ['dns:hub.example.org'] },
    { title: 'a single label', given: ['dps_emulator'], expected: ['dns:dps_emulator'] },
    { title: 'an IPv4 address', given: ['10.1.2.3'], expected: ['ip:10.1.2.3'] },
    { title: 'one spelling of an IPv6 address', given: ['2001:DB8:0::1', '2001:db8::1'], expected: ['ip:2001:db8::1'] },
    { title: 'a repeated name once', given: ['a.example', 'A.example'], expected: ['dns:a.example'] },
    { title: 'no name twice that is standard', given: ['LOCALHOST', '0:0:0:0:0:0:0:1'], expected: [] },
    { title: 'no name that a wildcard covers', given: ['contoso.azure-devices.net'], expected: [] },
    {
      title: 'a name two labels below a wildcard',
      given: ['a.b.azure-devices.net'],
      expected: ['dns:a.b.azure-devices.net'],
    },
    { title: 'the parent of a wildcard', given: ['azure-devices.net'], expected: ['dns:azure-devices.net'] },
    {
      title: "the caller's wildcard instead of what it covers",
      given: ['x.iot.example', '*.iot.example'],
      expected: ['dns:*.iot.example'],
    },
  ])('keeps $title', ({ given, expected }) => {
    expect(extraNames(...given)).toEqual(expected);
  });

  it('does not depend on the order of the names', () => {
    expect(certificateNames(['b.example', 'a.example'])).toEqual(certificateNames(['a.example', 'b.example']));
  });

  it.each([
    '',
    'hub.example:8883',
    'https://hub.example',
    'hub example',
    'hub..example',
    '-hub.example',
    'a.*.example',
    '*',
    '*.net',
    '300.1.1.1',
    'fe80::1%eth0',
    'hüb.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}example`,
  ])('refuses %j', (name) => {
    expect(() => certificateNames([name])).toThrow(JSON.stringify(name));
  });

  it('lists every refused name, and no other', () => {
    expect(() => certificateNames(['a b', 'good.example', 'c:1'])).toThrow(/for "a b", "c:1": give host names/);
  });
});
