/** What each target does not run, and why, is written down: a list that grows is a failure, one that shrinks a change. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planRun, requireResults } from '../../../contracts/run/plan.ts';
import type { LeftOut } from '../../../contracts/run/result.ts';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import { inProcessTarget } from '../../../contracts/target/in-process.ts';
import type { Target } from '../../../contracts/target/target.ts';
import { shippedCases } from '../support/shipped-cases.ts';
import { azureLike, runningEmulator } from '../support/targets.ts';

async function notRun(target: Target): Promise<readonly LeftOut[]> {
  const options = { target, driver: 'wire', transports: undefined, hasOwnWebhook: false, hasSdk: true } as const;
  return planRun(await shippedCases, options).leftOut;
}

async function fixture(name: string): Promise<readonly LeftOut[]> {
  return JSON.parse(await readFile(join(import.meta.dirname, `${name}.json`), 'utf8'));
}

describe('what is not run, and why', () => {
  it('is nothing in process', async () => {
    expect(await notRun(inProcessTarget())).toEqual([]);
  });

  it('is at a running emulator what it would have to be started with', async () => {
    const { target } = await runningEmulator();
    const found = await notRun(await target());
    expect(found).toEqual(await fixture('not-run-running'));
    const ofStart = (await shippedCases).filter(({ contract: { given } }) => given.assume ?? given.options);
    expect(found.map(({ id }) => id)).toEqual(ofStart.map(({ contract }) => contract.id));
  });

  it('is at the real service at most 40 % of the cases', async () => {
    const { target } = await azureLike();
    const found = await notRun(await target());
    expect(found).toEqual(await fixture('not-run-azure'));
    expect(found.length).toBeLessThanOrEqual((await shippedCases).length * 0.4);
  });

  it('is told, and never passed, whichever case it is', async () => {
    const cases = await shippedCases;
    const { target } = await runningEmulator();
    const planned = planRun(cases, {
      target: await target(),
      driver: 'wire',
      transports: undefined,
      hasOwnWebhook: false,
      hasSdk: true,
    });
    const accounted = [
      ...planned.cases.map(({ loaded }) => loaded.contract.id),
      ...planned.leftOut.map(({ id }) => id),
    ];
    expect(accounted.sort()).toEqual(cases.map(({ contract }) => contract.id).sort());
  });

  it('cannot be a case that was planned: one that is skipped in silence ends the run', async () => {
    const options = { driver: 'wire', transports: undefined, hasOwnWebhook: false, hasSdk: true } as const;
    const cases = (await shippedCases).filter(({ contract }) => contract.id === 'row-1-valid-hub');
    const plan = planRun(cases, { target: inProcessTarget(), ...options });
    const { results } = await runContracts(cases, { seed: 'all' });
    expect(() => requireResults(plan, results)).not.toThrow();
    expect(() => requireResults(plan, results.slice(1))).toThrow('planned, and never run: row-1-valid-hub (mqtt)');
  });
});
