/** Cases against an emulator that runs already: they pass as in process, and leave it as it was. */
import { describe, expect, it } from 'vitest';
import { mismatchText } from '../../../contracts/reporters/words.ts';
import type { Verdict } from '../../../contracts/run/result.ts';
import { type RunOptions, runContracts } from '../../../contracts/run/run-contracts.ts';
import { selectCases } from '../../../contracts/run/select.ts';
import type { Target } from '../../../contracts/target/target.ts';
import { registerDevice } from '../../../device/wire-device.ts';
import type { Emulator } from '../../../emulator/index.ts';
import { CONTOSO_GROUP_KEY, CONTOSO_ID_SCOPE } from '../../../emulator/wire/contoso.ts';
import { deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';
import { HEAD, loadCases } from '../support/case-folder.ts';
import { shippedCases } from '../support/shipped-cases.ts';
import { runningEmulator } from '../support/targets.ts';

/** One of each kind: a scripted webhook, a moved clock, a scope of nobody, a change, the tutorial's function, a twin. */
const SAMPLE = [
  'row-1-valid-hub',
  'row-5-throttled',
  'attest-unknown-scope',
  'attest-blocked-out-of-group',
  'tutorial-toaster',
  'reprovision-migrate',
  'allocate-hub-out-of-policy',
];

async function runSample(ids: readonly string[], options: RunOptions): Promise<Verdict> {
  return runContracts(selectCases(await shippedCases, ids), { seed: 'running', ...options });
}

function told({ results }: Verdict): readonly string[] {
  return results
    .filter(({ outcome }) => outcome !== 'passed')
    .map(
      ({ id, transport, error, mismatches }) =>
        `${id} ${transport}: ${error ?? mismatches.map(mismatchText).join('; ')}`,
    );
}

/** Everything that a user could see of an emulator, instants aside. */
async function stateOf(emulator: Emulator): Promise<object> {
  return {
    setUp: await emulator.exportSetUp(),
    clock: [emulator.clock.mode, emulator.clock.factor],
    registrations: (await emulator.registrations()).map(({ registrationId }) => registrationId),
    journal: emulator.journal.timelines(),
    groups: await emulator.resources.groups.list(),
  };
}

describe('a running emulator', () => {
  it('passes the cases and is as it was before', async () => {
    const { emulator, target } = await runningEmulator({ clock: 'scaled', clockFactor: 7 });
    const registrationId = 'breakroom499-contoso-tstrsd-007';
    const key = deriveDeviceKey(CONTOSO_GROUP_KEY, registrationId);
    const device = { registrationId, idScope: CONTOSO_ID_SCOPE, key, ca: emulator.ca.certificatePem };
    await registerDevice({ ...emulator.endpoints.https, ...device, transport: 'https' });
    const before = await stateOf(emulator);
    const verdict = await runSample(SAMPLE, { target: await target(), transports: ['https'] });
    expect(told(verdict)).toEqual([]);
    expect(verdict).toMatchObject({ exitCode: 0, passed: 7, traceHash: null, target: emulator.endpoints.control });
    expect(await stateOf(emulator)).toEqual(before);
  });

  it('is as it was before when a case is broken, when it runs out of time, and when the run is interrupted', async () => {
    const { emulator, target } = await runningEmulator();
    const before = await stateOf(emulator);
    const given = 'given: { extends: plain, webhook: { answers: [{ kind: hang }] } }\ndevice: { registrationId: d }\n';
    const cases = await loadCases(`id: stuck\n${HEAD}${given}expect: { status: assigned }\n`);
    const transports = ['mqtt'] as const;
    const stuck = await runContracts(cases, { target: await target(), transports, caseTimeoutMs: 300 });
    expect(stuck.results[0]).toMatchObject({ outcome: 'failed' });
    expect(await stateOf(emulator)).toEqual(before);
    const interrupted = new AbortController();
    const running = runContracts(cases, {
      target: await target(),
      transports: ['mqtt', 'https'],
      signal: interrupted.signal,
    });
    const stop = emulator.journal.subscribe((_subject, { event }) => {
      if (event.kind === 'operation-opened') interrupted.abort(new Error('interrupted'));
    });
    await expect(running).rejects.toThrow('interrupted');
    stop();
    expect(await stateOf(emulator)).toEqual(before);
  });

  it('tells a broken case in the words of the case', async () => {
    const { target } = await runningEmulator();
    const text = `id: wrong\n${HEAD}given: { extends: hashed, hubs: [alpha-hub.azure-devices.net] }
device: { registrationId: d }\nexpect: { hub: beta-hub.azure-devices.net }\n`;
    const verdict = await runContracts(await loadCases(text), { target: await target(), transports: ['https'] });
    expect(verdict.results[0]?.mismatches).toEqual([
      { path: 'expect.hub', expected: 'beta-hub.azure-devices.net', actual: 'alpha-hub.azure-devices.net' },
    ]);
    expect(JSON.stringify(verdict.results[0]?.timeline)).not.toContain('ct-test');
  });

  it('is told of when the run leaves something behind, after the results', async () => {
    const { target } = await runningEmulator();
    const careful = await target();
    const careless: Target = {
      ...careful,
      open: async (options) => ({ ...(await careful.open(options)), close: async () => undefined }),
    };
    const ended: Verdict[] = [];
    const run = runSample(['row-1-valid-hub'], {
      target: careless,
      transports: ['mqtt'],
      reporters: [{ ended: (verdict) => void ended.push(verdict) }],
    });
    await expect(run).rejects.toThrow(/is not as it was: the run has left ct-test-[0-9a-f]{8}, ct-test-/);
    expect(ended.map(({ passed }) => passed)).toEqual([1]);
    await expect(runSample(['row-1-valid-hub'], { target: await target() })).rejects.toThrow('choose another --prefix');
  });

  it('is not moved on when somebody waits on its clock', async () => {
    const { emulator, target } = await runningEmulator({ clock: 'manual' });
    const sleeping = emulator.clock
      .task('a device of somebody', ({ sleep }) => sleep(1000, 'a retry'))
      .catch(() => undefined);
    await emulator.clock.untilSleeping(1);
    await expect(runSample(['row-5-throttled'], { target: await target() })).rejects.toThrow(
      'a device of somebody waits on the clock',
    );
    await emulator.clock.advance(1000);
    await sleeping;
  });

  it('is not touched by a run that cannot begin', async () => {
    const { emulator, target } = await runningEmulator({ clock: 'scaled' });
    const run = runSample(['answer-time-out'], { target: await target() });
    await expect(run).rejects.toThrow('no case is left to run: needs an emulator with options of its own');
    expect(emulator.clock.mode).toBe('scaled');
  });
});
