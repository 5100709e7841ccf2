/** Every package that comes with ours runs on the oldest Node that ours says it runs on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly peer?: boolean;
  readonly engines?: { readonly node?: string } | readonly string[];
}

const ROOT = join(import.meta.dirname, '../..');
const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const OLDEST = [20, 19, 0] as const;

describe('the lock file', () => {
  it('has no package for production that refuses Node 20.19.0', () => {
    const shipped = Object.entries(lock.packages).filter(
      ([, { dev, devOptional, peer }]) => !dev && !devOptional && !peer,
    );
    expect(shipped.length).toBeGreaterThan(60);
    const refusing = shipped.filter(([, { engines }]) => {
      const range = Array.isArray(engines) ? undefined : (engines as { readonly node?: string } | undefined)?.node;
      return range !== undefined && !admits(range);
    });
    expect(refusing.map(([path, { engines }]) => `${path}: ${JSON.stringify(engines)}`)).toEqual([]);
  });

  it.each([
    ['>=18', true],
    ['>= 0.6', true],
    ['>=20.0.0', true],
    ['^20.19.0 || ^22.12.0 || >=24', true],
    ['18 || 20 || >=22', true],
    ['*', true],
    ['>=22', false],
    ['>=20.20', false],
    ['^22.12.0 || >=24', false],
    ['^18.0.0', false],
  ])('is read as npm reads it: %s admits it: %s', (range, expected) => {
    expect(admits(range)).toBe(expected);
  });
});

/** Of npm's ranges what stands in `engines`. */
function admits(range: string): boolean {
  return range.split('||').some((set) => {
    const parts = set
      .replaceAll(/([<>=^~]) +/g, '$1')
      .trim()
      .split(/\s+/);
    return parts.every((part) => {
      const [, operator = '', text = ''] = /^([<>=^~]*)v?([\d.x*]*)$/.exec(part) ?? [undefined, '', 'unreadable'];
      if (text === 'unreadable') throw new Error(`engines: ${range} is not understood`);
      const wanted = text
        .split('.')
        .map(Number)
        .filter((number) => !Number.isNaN(number));
      if (text === '' || text === '*' || wanted.length === 0) return true;
      const order = compare(OLDEST, wanted);
      if (operator === '>=') return order >= 0;
      if (operator === '>') return order > 0;
      if (operator === '<') return order < 0;
      if (operator === '<=') return order <= 0;
      if (operator === '^') return order >= 0 && OLDEST[0] === wanted[0];
      if (operator === '~') return order >= 0 && OLDEST[0] === wanted[0] && OLDEST[1] === (wanted[1] ?? OLDEST[1]);
      return wanted.every((number, index) => number === OLDEST[index]);
    });
  });
}

function compare(version: readonly number[], wanted: readonly number[]): number {
  for (const [index, number] of version.entries()) {
    const difference = number - (wanted[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
