import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashedHub } from '../../../emulator/core/dps/allocation/hashed.ts';
import type { GivenLinkedHub } from '../../../emulator/wire/set-up.ts';

const hub = (name: string, allocationWeight?: number): GivenLinkedHub => ({
  name: `${name}.azure-devices.net`,
  ...(allocationWeight !== undefined && { allocationWeight }),
});
const DEVICES = Array.from({ length: 4000 }, (_, index) => `device-${index}`);

function shares(hubs: readonly GivenLinkedHub[]): ReadonlyMap<string, number> {
  const counts = new Map(hubs.map(({ name }) => [name, 0]));
  for (const device of DEVICES) {
    const name = hashedHub(device, hubs) ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Five standard deviations of a binomial share: a hash that is fair stays within, one that is not does not. */
function expectShare(count: number | undefined, share: number): void {
  const deviation = Math.sqrt(DEVICES.length * share * (1 - share));
  expect(Math.abs((count ?? 0) - DEVICES.length * share)).toBeLessThan(5 * deviation);
}

describe('hashed allocation [dps-service-behaviour §2]', () => {
  it('has no hub to give when there is none', () => {
    expect(hashedHub('d', [])).toBeUndefined();
  });

  it('gives hubs of the same weight the same share', () => {
    const counts = shares([hub('a'), hub('b'), hub('c'), hub('d', 1)]);
    for (const count of counts.values()) expectShare(count, 1 / 4);
  });

  it('gives each hub the share of its weight', () => {
    const counts = shares([hub('a', 1), hub('b', 3), hub('c', 6)]);
    expectShare(counts.get('a.azure-devices.net'), 0.1);
    expectShare(counts.get('b.azure-devices.net'), 0.3);
    expectShare(counts.get('c.azure-devices.net'), 0.6);
  });

  it('gives a hub of weight 1000 next to one of weight 1 nearly everything', () => {
    expectShare(shares([hub('a', 1000), hub('b', 1)]).get('b.azure-devices.net'), 1 / 1001);
  });

  it('moves a device to the new hub or not at all when a hub is added', () => {
    const before = [hub('a'), hub('b', 2), hub('c')];
    const after = [...before, hub('new')];
    let moved = 0;
    for (const device of DEVICES) {
      const [old, now] = [hashedHub(device, before), hashedHub(device, after)];
      if (old === now) continue;
      expect(now).toBe('new.azure-devices.net');
      moved += 1;
    }
    expectShare(moved, 1 / 5);
  });

  it('moves only the devices of a hub that is taken away', () => {
    const before = [hub('a'), hub('b'), hub('c')];
    const after = before.slice(0, 2);
    for (const device of DEVICES) {
      const old = hashedHub(device, before);
      if (old !== 'c.azure-devices.net') expect(hashedHub(device, after)).toBe(old);
    }
  });

  it('does not depend on the order of the hubs, nor on the case of names and ids', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
    const hubs = fc.uniqueArray(fc.tuple(name, fc.integer({ min: 1, max: 1000 })), {
      selector: ([text]) => text,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9-]{1,20}$/), hubs, (device, pairs) => {
        const list = pairs.map(([text, weight]) => hub(text, weight));
        const chosen = hashedHub(device, list);
        expect(hashedHub(device, [...list].reverse())).toBe(chosen);
        expect(hashedHub(device.toUpperCase(), list)).toBe(chosen);
        const loud = list.map((one) => ({ ...one, name: one.name.toUpperCase() }));
        expect(hashedHub(device, loud)?.toLowerCase()).toBe(chosen);
      }),
    );
  });

  it('never changes: a release that moved devices would fail here', () => {
    const hubs = [hub('a'), hub('b'), hub('c', 2)];
    const chosen = ['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7']
      .map((id) => hashedHub(id, hubs)?.charAt(0))
      .join('');
    expect(chosen).toBe('bcbacbbc');
  });
});
