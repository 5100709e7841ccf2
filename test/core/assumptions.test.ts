import { describe, expect, it } from 'vitest';
import {
  ASSUMPTIONS,
  type AssumptionId,
  type Assumptions,
  resolveAssumptions,
} from '../../emulator/core/assumptions.ts';
import { deviceRows } from './assumptions-device.ts';
import { type Row, webhookRows } from './assumptions-webhook.ts';

/** The type fails where an assumption, or one of its values, has no row. */
const ROWS: { readonly [Id in AssumptionId]: Row<Assumptions[Id]> } = { ...webhookRows, ...deviceRows };

const rows = Object.entries(ROWS) as readonly (readonly [AssumptionId, Row<string>])[];

describe('named assumptions', () => {
  it('each has a situation that provokes it, and an outcome for every value', () => {
    expect(Object.keys(ROWS).sort()).toEqual(Object.keys(ASSUMPTIONS).sort());
    for (const [id, { outcomes }] of rows) {
      expect(Object.keys(outcomes).sort(), id).toEqual([...ASSUMPTIONS[id].values].sort());
    }
  });

  it('each value leads somewhere else', () => {
    for (const [id, { outcomes }] of rows) {
      const different = new Set(Object.values(outcomes).map((outcome) => JSON.stringify(outcome)));
      expect(different.size, id).toBe(ASSUMPTIONS[id].values.length);
    }
  });

  it('each default is one of its values, and holds where nothing is chosen', () => {
    const resolved = resolveAssumptions();
    for (const [id, row] of Object.entries(ASSUMPTIONS)) {
      expect(row.values).toContain(row.default);
      expect(resolved[id as AssumptionId], id).toBe(row.default);
      expect(row.says, id).toMatch(/\.$/);
    }
    expect(resolveAssumptions({ 'geo-latency': 'first' })).toEqual({ ...resolved, 'geo-latency': 'first' });
  });

  describe.each(rows)('%s', (id, { provoke, outcomes }) => {
    it.each(Object.entries(outcomes))('%s', async (value, outcome) => {
      expect(await provoke({ [id]: value })).toEqual(outcome);
    });

    it('without a choice it is the default', async () => {
      expect(await provoke({})).toEqual(outcomes[ASSUMPTIONS[id].default]);
    });
  });
});
