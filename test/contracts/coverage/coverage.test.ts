/** Every documented row has a case or the reason it has none, and every case its row. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../../contracts/coverage/coverage.ts';
import { REQUIREMENTS } from '../../../contracts/coverage/requirements.ts';
import { HEAD, loadCases } from '../support/case-folder.ts';
import { shippedCases } from '../support/shipped-cases.ts';

const fidelity = readFileSync(join(import.meta.dirname, '../../../docs/fidelity.md'), 'utf8');
const rows = [...fidelity.matchAll(/^\| ([A-Z]\d+) \|[^|]*\| ([a-z ]+) \|/gm)].map(([, id = '', status]) => ({
  id,
  status,
}));
/** The service API, and the resources, are one requirement each for a harness that speaks as devices do. */
const familyOf = (id: string): string => (/^[SM]\d/.test(id) ? id.charAt(0) : id);
const TABLE = ['T1', 'T2', 'T3', 'T4', 'T5', 'T6'];

describe('the requirements', () => {
  it('are the rows of docs/fidelity.md and of the troubleshooting table, no more and no less', () => {
    expect(rows.length).toBeGreaterThan(80);
    const known = REQUIREMENTS.map(({ id }) => id);
    const documented = new Set(rows.map(({ id }) => familyOf(id)));
    expect(known.toSorted()).toEqual([...TABLE, ...documented].toSorted());
  });

  it('have no case where docs/fidelity.md says that something is not emulated, and only there say so', () => {
    for (const { id, noCase } of REQUIREMENTS) {
      const status = rows.find((row) => row.id === id)?.status;
      expect(noCase === 'not emulated', id).toBe(status === 'not emulated');
    }
  });
});

describe('the shipped cases', () => {
  it('hit every row that has no reason to be missed', async () => {
    const cases = await shippedCases;
    const coverage = coverageOf(cases);
    expect(coverage.rows.filter(({ state }) => state === 'missed').map(({ id }) => id)).toEqual([]);
    expect(coverage.unknown).toEqual([]);
  });

  it('each prove a row', async () => {
    const cases = await shippedCases;
    for (const { contract } of cases) expect(contract.covers.length, contract.id).toBeGreaterThan(0);
  });

  it('leave no excuse where there is a case after all', async () => {
    const cases = await shippedCases;
    const excused = coverageOf(cases).rows.filter(
      ({ noCase, cases: proofs }) => noCase !== undefined && proofs.length > 0,
    );
    expect(excused.map(({ id }) => id)).toEqual([]);
  });
});

describe('coverage', () => {
  it('tells hit, excused, missed and unknown apart', async () => {
    const body = 'device: { registrationId: d }\nexpect: { status: assigned }\n';
    const cases = await loadCases(`id: a\nrow: 3\ncovers: [C8, OURS1]\n${HEAD}${body}`);
    const { rows: found, unknown, hit, missed, excused } = coverageOf(cases);
    const stateOf = (id: string): string | undefined => found.find((row) => row.id === id)?.state;
    expect([stateOf('T3'), stateOf('C8'), stateOf('C9'), stateOf('D32')]).toEqual(['hit', 'hit', 'missed', 'excused']);
    expect(found.find(({ id }) => id === 'C8')?.cases).toEqual(['a']);
    expect(unknown).toEqual([{ id: 'OURS1', cases: ['a'] }]);
    expect(hit + missed + excused).toBe(found.length);
  });
});
