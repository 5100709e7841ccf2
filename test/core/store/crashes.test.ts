/** An engine that is thrown away at any store call: another one goes on from what is stored, and the device sees nothing of it. */
import { describe, expect, it } from 'vitest';
import { contentBefore, HISTORIES, play, type Sabotage } from './crash-play.ts';
import { writeByWrite } from './troubled-stores.ts';

const WHEN = ['before', 'after'] as const;

describe.each(HISTORIES)('$title', (history) => {
  it('ends the same, wherever it is interrupted', async () => {
    const content = await contentBefore(history);
    const whole = await play(history, content, undefined);
    expect(whole.faults).toEqual([]);
    expect(whole.calls).toBeGreaterThan(20);
    const told: string[] = [];
    let crashes = 0;
    for (let call = 1; call <= whole.calls; call += 1) {
      for (const when of WHEN) {
        const { hasCrashed, faults } = await play(history, content, { call, when });
        if (hasCrashed) crashes += 1;
        told.push(...faults.map((fault) => `${when} call ${call}: ${fault}`));
      }
    }
    expect(told).toEqual([]);
    expect(crashes).toBe(2 * whole.calls);
  });
});

describe('the first of these histories', () => {
  const [history] = HISTORIES;
  it.each<readonly [string, Sabotage]>([
    ['an engine that takes nothing up', { neverResumes: true }],
    ['a store that writes record by record', { records: writeByWrite }],
  ])('is spoilt by %s', async (_title, sabotage) => {
    if (history === undefined) throw new Error('there is no history');
    const content = await contentBefore(history);
    const { calls, faults } = await play(history, content, undefined, sabotage);
    expect(faults).toEqual([]);
    const told: string[] = [];
    for (let call = 1; call <= calls; call += 1) {
      for (const when of WHEN) told.push(...(await play(history, content, { call, when }, sabotage)).faults);
    }
    expect(told).not.toEqual([]);
  });
});
