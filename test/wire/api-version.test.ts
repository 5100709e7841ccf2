import { describe, expect, it } from 'vitest';
import { API_VERSIONS, isAtLeast, isKnownApiVersion } from '../../emulator/wire/api-version.ts';

describe('api-versions [dps-service-behaviour §1.4]', () => {
  it('are listed oldest first, so that a floor splits them in two', () => {
    expect([...API_VERSIONS].sort()).toEqual([...API_VERSIONS]);
    const known = API_VERSIONS.map((version) => isAtLeast(version, '2019-04-15'));
    expect(known).toEqual([...known].sort());
    expect(API_VERSIONS[known.indexOf(true)]).toBe('2019-04-15');
  });

  it.each(['2019-03-31', '2021-06-01', '2021-10-01', '2025-07-01-preview'])('know %s', (version) => {
    expect(isKnownApiVersion(version, 'device')).toBe(true);
    expect(isKnownApiVersion(version, 'service')).toBe(true);
  });

  it('know one that was published for back ends alone', () => {
    expect(isKnownApiVersion('2026-07-01-preview', 'device')).toBe(false);
    expect(isKnownApiVersion('2026-07-01-preview', 'service')).toBe(true);
  });

  it.each(['', '2019-03-30', '2021-10-01-preview', '2021-10-01 ', 'latest'])('do not know %j', (version) => {
    expect(isKnownApiVersion(version, 'device')).toBe(false);
  });
});
