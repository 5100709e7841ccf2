/** The same seed gives the same trace hash; another seed gives another one. */
import { describe, expect, it } from 'vitest';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import { selectCases } from '../../../contracts/run/select.ts';
import { caseSeed, hashOf } from '../../../contracts/run/trace-hash.ts';
import { canonicalJson } from '../../../emulator/wire/canonical-json.ts';
import { shippedCases } from '../support/shipped-cases.ts';

const SELECTED = ['row-5-ladder'];

async function run(seed: string | undefined) {
  const cases = await shippedCases;
  return runContracts(selectCases(cases, SELECTED), { seed });
}

/** One case alone, over one transport. */
async function runAlone(seed: string | undefined, id: string) {
  const cases = await shippedCases;
  return runContracts(selectCases(cases, [id]), { seed, transports: ['mqtt'] });
}

describe('a seed', () => {
  it('gives the same hash on every run and over every transport', async () => {
    const [first, second, other] = [await run('7'), await run('7'), await run('8')];
    expect(first.exitCode).toBe(0);
    expect(first.results).toHaveLength(3);
    expect(second.traceHash).toBe(first.traceHash);
    expect(other.traceHash).not.toBe(first.traceHash);
    for (const id of SELECTED) {
      const hashes = first.results.filter((result) => result.id === id).map(({ traceHash }) => traceHash);
      expect(new Set(hashes).size, id).toBe(1);
      expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('counts for each case alone, whatever else is selected', async () => {
    const cases = await shippedCases;
    const several = selectCases(cases, ['row-5-ladder', 'row-1-*']);
    const [all, alone] = [
      await runContracts(several, { seed: '7', transports: ['mqtt'] }),
      await runAlone('7', 'row-5-ladder'),
    ];
    const inAll = all.results.find(({ id }) => id === 'row-5-ladder');
    expect(alone.results[0]?.traceHash).toBe(inAll?.traceHash);
  });

  it('is drawn and told when none is given', async () => {
    const [first, second] = [
      await runAlone(undefined, 'row-2-empty-hub'),
      await runAlone(undefined, 'row-2-empty-hub'),
    ];
    expect(first.seed).toMatch(/^[0-9a-f]{8}$/);
    expect(second.seed).not.toBe(first.seed);
    expect((await runAlone(first.seed, 'row-2-empty-hub')).traceHash).toBe(first.traceHash);
  });
});

describe('the hash of a trace', () => {
  it('is SHA-256 over canonical JSON: members in order of name, lists as they are', () => {
    expect(canonicalJson({ b: [2, 1, null], a: { d: 'ü"', c: true } })).toBe(
      '{"a":{"c":true,"d":"ü\\""},"b":[2,1,null]}',
    );
    expect(hashOf({ b: 1, a: 2 })).toBe(hashOf({ a: 2, b: 1 }));
    expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
    expect(caseSeed('7', 'a')).not.toBe(caseSeed('7', 'b'));
  });
});
