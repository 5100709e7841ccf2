import { describe, expect, it } from 'vitest';
import { createIds } from '../../emulator/core/ids.ts';

const ids = createIds('seed');
const AUGUST_2022_MS = Date.parse('2022-08-03T17:15:10.846Z');

describe('identifiers', () => {
  it('have the shape of the service [dps-device-protocol §1.5]', () => {
    const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (let ordinal = 0; ordinal < 50; ordinal += 1) {
      expect(ids.guid('request', '', ordinal)).toMatch(guid);
      const [version, instance, tail, ...rest] = ids.operationId('0ne1', 'device', ordinal).split('.');
      expect([version, rest]).toEqual(['5', []]);
      expect(instance).toMatch(/^[0-9a-f]{16}$/);
      expect(tail).toMatch(guid);
    }
  });

  it('make an etag of a quoted guid that ends in the second of the write, as the tutorial logs it', () => {
    const etag = ids.etag('enrollment', 'x', 1, AUGUST_2022_MS);
    expect(etag).toMatch(/^"[0-9a-f]{8}-0000-[0-9a-f]{2}00-0000-[0-9a-f]{8}0000"$/);
    expect(etag.endsWith('-62eaad1e0000"')).toBe(true);
  });

  it.each([
    ['before 1970', -1_000],
    ['after 2106', Date.parse('2200-01-01T00:00:00Z')],
  ])('keep the shape of an etag %s', (_when, instantMs) => {
    expect(ids.etag('enrollment', 'x', 1, instantMs)).toMatch(/^"[0-9a-f]{8}-0000-[0-9a-f]{2}00-0000-[0-9a-f]{12}"$/);
  });

  it('generate keys of 64 bytes [dps-service-behaviour §3.3]', () => {
    expect(Buffer.from(ids.symmetricKey('primary', 'x'), 'base64')).toHaveLength(64);
    expect(ids.symmetricKey('primary', 'x')).toHaveLength(88);
    expect(ids.symmetricKey('primary', 'x')).not.toBe(ids.symmetricKey('secondary', 'x'));
  });

  it('are the same for the same seed and others for another', () => {
    const all = (seed: string) => {
      const made = createIds(seed);
      return [
        made.operationId('0ne1', 'd', 1),
        made.guid('request', '', 1),
        made.etag('registration', 'd', 1, 0),
        made.symmetricKey('primary', 'd'),
      ];
    };
    expect(all('a')).toEqual(all('a'));
    for (const [index, id] of all('a').entries()) expect(id).not.toBe(all('b')[index]);
  });

  it('do not depend on the order in which they are asked for', () => {
    const [one, other] = [createIds('s'), createIds('s')];
    const first = [one.operationId('0ne1', 'a', 1), one.operationId('0ne1', 'b', 1)];
    const second = [other.operationId('0ne1', 'b', 1), other.operationId('0ne1', 'a', 1)];
    expect(second.reverse()).toEqual(first);
  });

  it('tell scopes, registrations and ordinals apart, and spellings of one id not', () => {
    const made = [
      ids.operationId('0ne1', 'a', 1),
      ids.operationId('0ne1', 'a', 2),
      ids.operationId('0ne1', 'b', 1),
      ids.operationId('0ne2', 'a', 1),
    ];
    expect(new Set(made).size).toBe(4);
    expect(ids.operationId('0ne1', 'A', 1)).toBe(made[0]);
    expect(made[0]?.split('.')[1]).not.toBe(made[3]?.split('.')[1]);
  });
});
